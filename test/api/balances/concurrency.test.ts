import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { createLedgerBook, entries } from "../journal/ledger-book.ts";
import { findStrayTotals } from "./stray-totals.ts";

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

test("clients that post to the same accounts in different orders lose nothing and meet no deadlock", async () => {
  const book = await createLedgerBook(app);
  const clients = Array.from({ length: 12 }, (_, client) => {
    const list = fc.sample(entries, { numRuns: 30, seed: client });
    // The same lines in another order: locks that followed it would cross.
    return client % 2 === 0 ? list : list.map((entry) => ({ ...entry, lines: entry.lines.toReversed() }));
  });
  const posted = await Promise.all(
    clients.map(async (list, client) => {
      const answered = [...(await book.postAll(list.slice(0, 15), true))];
      for (const entry of list.slice(15)) answered.push(...(await book.postAll([entry], client % 3 === 0)));
      return answered;
    }),
  );
  expect(posted.flat().length).toBe(clients.flat().length);
  expect(await findStrayTotals(superuser, book.bookId)).toEqual([]);
  const [stored] = await superuser`
    select count(*)::int as lines from ledger.lines where book_id = ${book.bookId}`;
  expect(stored?.["lines"]).toBe(clients.flat().flatMap((entry) => entry.lines).length);
  const { body } = await book.get("/reports/trial-balance");
  for (const { debit, credit } of body.totals) expect(debit).toBe(credit);

  await superuser`select pg_stat_clear_snapshot()`;
  const [statistics] = await superuser<{ deadlocks: number }[]>`
    select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()`;
  expect(statistics).toEqual({ deadlocks: 0 });
}, 60_000);
