import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { createBookClient } from "../accounts/book-client.ts";
import { insertHeaders } from "./planted-book.ts";

let app: TestApp;
let superuser: postgres.Sql;
beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), {
    max: 1,
    fetch_types: false,
    // Entries without lines: past the check at COMMIT.
    connection: { session_replication_role: "replica" },
  });
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

interface Snapshot {
  readonly xmin: number;
  readonly xmax: number;
  readonly running: readonly number[];
}

const sees = ({ xmin, xmax, running }: Snapshot, xid: number) => xid < xmin || (xid < xmax && !running.includes(xid));
const textOf = ({ xmin, xmax, running }: Snapshot) => `${xmin}:${xmax}:${running.join(",")}`;

const xids = fc.integer({ min: 10, max: 40 });
const snapshots = fc.tuple(xids, xids, fc.array(xids, { maxLength: 4 })).map(([one, other, drawn]): Snapshot => {
  const [xmin, xmax] = [Math.min(one, other), Math.max(one, other)];
  const running = [...new Set(drawn)]
    .filter((xid) => xid >= xmin && xid < xmax)
    .toSorted((left, right) => left - right);
  return { xmin: running[0] ?? xmax, xmax, running };
});
const days = fc.integer({ min: 1, max: 5 }).map((month) => `2024-0${month}-01`);
const closes = fc.record({ through: days, known: snapshots, reopened: fc.option(snapshots) });
const recorded = fc.record({ date: days, xid: xids });

test("closed_periods_kept counts what its definition says, whatever ran while periods were closed and reopened", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(closes, { maxLength: 6 }),
      fc.array(recorded, { minLength: 1, maxLength: 12 }),
      async (periods, entries) => {
        const book = await createBookClient(app);
        for (const { date, xid } of entries) {
          await insertHeaders(superuser, book, { count: 1, status: "posted", date, xid: String(xid) });
        }
        for (const { through, known, reopened } of periods) {
          const by = reopened === null ? null : book.bookId;
          await superuser`
            insert into ledger.period_closes (book_id, id, closed_through, closed_by, closed_at, close_request_id,
              close_trace_id, knowledge, closing_entry_ids, reopened_by, reopened_at, reopen_request_id, reopen_trace_id,
              reopen_knowledge, reopen_reason)
            values (${book.bookId}, gen_random_uuid(), ${through}, ${book.bookId}, now(), 'planted', 'planted',
              ${textOf(known)}::text::pg_snapshot, '{}', ${by}, ${by === null ? null : new Date()}, ${by}, ${by},
              ${reopened === null ? null : textOf(reopened)}::text::pg_snapshot, ${by})`;
        }
        const inside = entries.filter(({ date, xid }) =>
          periods.some(
            ({ through, known, reopened }) =>
              date <= through && !sees(known, xid) && (reopened === null || sees(reopened, xid)),
          ),
        );
        const { body } = await book.get("/verify");
        const found = body.invariants.find(({ name }: { name: string }) => name === "closed_periods_kept");
        expect(found.violations).toBe(inside.length);
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 60_000 },
  );
}, 90_000);
