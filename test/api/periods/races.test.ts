import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { postEntry } from "../../../src/modules/journal/index.ts";
import { closePeriod, reopenPeriod } from "../../../src/modules/periods/service.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { overlap } from "../accounts/book-client.ts";
import { createPeriodBook, entryOf, knownAt, type PeriodBook, recordingFor, retained } from "./period-book.ts";

let app: TestApp;
let superuser: postgres.Sql;
beforeAll(async () => {
  app = await createTestApp({ env: { DB_POOL_SIZE: "12", DB_MAX_OVERFLOW: "0", DB_POOL_TIMEOUT_MS: "60000" } });
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

const newId = () => app.deps.ids.uuid();
const sale = (date: string) => entryOf({ date, debit: "Assets", credit: "Income" });
const closing = { retained_earnings: retained };
const close = (through: string) => ({
  id: newId(),
  closedThrough: through,
  closing: { retainedEarnings: { path: "Equity:Retained" }, memo: undefined, newId },
});

test("an entry in flight as a close begins is counted in its closing entries and known at it", async () => {
  const book = await createPeriodBook(app);
  const id = newId();
  const { second } = await overlap(app, book.bookId, {
    first: (tx) => postEntry(tx, recordingFor(book), { ...sale("2024-12-31"), id }),
    second: () => book.close("2024-12-31", closing),
  });
  expect(second.status).toBe(201);
  expect(await knownAt(superuser, id, second.body.id)).toEqual({ close: true, reopening: null });
  const [entryId] = second.body.closing_entry_ids;
  expect((await book.get(`/journal-entries/${entryId}`)).body.lines.length).toBe(2);
  expect(await knownAt(superuser, entryId, second.body.id)).toEqual({ close: true, reopening: null });
  expect(await book.resultsAt("2024-12-31")).toEqual({});
});

test("an entry that comes as a close is in flight is refused inside the period, and after it unknown at the close", async () => {
  const book = await createPeriodBook(app);
  const inside = await overlap(app, book.bookId, {
    first: (tx) => closePeriod(tx, recordingFor(book), close("2024-12-31")),
    second: () => book.post("/journal-entries", sale("2024-12-31")),
  });
  expect([inside.second.status, inside.second.body.error_id]).toEqual([422, "PERIOD_LOCKED"]);
  const after = await overlap(app, book.bookId, {
    first: (tx) => closePeriod(tx, recordingFor(book), close("2025-12-31")),
    // Its key's row makes it a transaction with an id before it waits.
    second: () => book.post("/journal-entries", sale("2026-01-01"), { "Idempotency-Key": "after" }),
  });
  expect(after.second.status).toBe(201);
  expect(await knownAt(superuser, after.second.body.id, after.first.id)).toEqual({ close: false, reopening: null });
});

test("an entry that comes as a reopening is in flight is posted, and was unknown at close and reopening", async () => {
  const book = await createPeriodBook(app);
  const { id: closeId } = await book.closed("2024-12-31");
  const precondition = async () => undefined;
  const { second } = await overlap(app, book.bookId, {
    first: (tx) => reopenPeriod(tx, recordingFor(book), { closeId, reason: "Late", precondition }),
    second: () => book.post("/journal-entries", sale("2024-12-31"), { "Idempotency-Key": "late" }),
  });
  expect(second.status).toBe(201);
  expect(await knownAt(superuser, second.body.id, closeId)).toEqual({ close: false, reopening: false });
});

test("of two closes of one day one stands, and a reopening and a close of its day do not cross", async () => {
  const book = await createPeriodBook(app);
  const two = await overlap(app, book.bookId, {
    first: (tx) => closePeriod(tx, recordingFor(book), close("2024-12-31")),
    second: () => book.close("2024-12-31"),
  });
  expect([two.second.status, two.second.body.error_id]).toEqual([409, "PERIOD_CLOSED"]);
  const precondition = async () => undefined;
  const cross = await overlap(app, book.bookId, {
    first: (tx) => reopenPeriod(tx, recordingFor(book), { closeId: two.first.id, reason: "Late", precondition }),
    second: () => book.close("2024-12-31"),
  });
  expect(cross.second.status).toBe(201);
});

/** Of each close: result accounts' sums at its knowledge, and entries inside that were recorded while it stood. */
function findLeaks(book: PeriodBook) {
  return superuser`
    select c.id,
      (select coalesce(sum(case l.side when 'debit' then l.amount else -l.amount end), 0)::text
        from ledger.lines l
        join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
        join ledger.accounts a on a.book_id = l.book_id and a.id = l.account_id and a.type in ('income', 'expense')
        where l.book_id = c.book_id and l.date <= c.closed_through
          and pg_visible_in_snapshot(e.recorded_xid, c.knowledge)) as open,
      (select count(*)::int from ledger.journal_entries e
        where e.book_id = c.book_id and e.status <> 'draft' and e.date <= c.closed_through
          and not pg_visible_in_snapshot(e.recorded_xid, c.knowledge)
          and (c.reopen_knowledge is null or pg_visible_in_snapshot(e.recorded_xid, c.reopen_knowledge))) as inside
    from ledger.period_closes c where c.book_id = ${book.bookId}`;
}

test("while clients post, a period that is closed and reopened again and again is exactly what each close says", async () => {
  const book = await createPeriodBook(app);
  let closes = 0;
  let busy = true;
  const clients = Array.from({ length: 8 }, async (_, client) => {
    const outcomes: string[] = [];
    for (let turn = 0; turn < 25; turn += 1) {
      const headers = turn % 2 === 0 ? { "Idempotency-Key": `${client}-${turn}` } : undefined;
      const { status, body } = await book.post("/journal-entries", sale("2024-12-31"), headers);
      outcomes.push(status === 201 ? "posted" : String(body.error_id));
      await Bun.sleep(1);
    }
    return outcomes;
  });
  const closer = (async () => {
    while (busy) {
      const made = await book.closed("2024-12-31", closing);
      closes += 1;
      await Bun.sleep(5);
      expect((await book.reopen(made.id)).status).toBe(200);
      await Bun.sleep(20);
    }
  })();
  const outcomes = (await Promise.all(clients)).flat();
  busy = false;
  await closer;
  expect([...new Set(outcomes)].toSorted()).toEqual(["PERIOD_LOCKED", "posted"]);
  const found = await findLeaks(book);
  expect(found.length).toBe(closes);
  for (const { open, inside } of found) expect([Number(open), inside]).toEqual([0, 0]);
  expect((await book.get("/verify")).body.status).toBe("ok");
  const [statistics] = await superuser<{ deadlocks: number }[]>`
    select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()`;
  expect(statistics).toEqual({ deadlocks: 0 });
}, 120_000);
