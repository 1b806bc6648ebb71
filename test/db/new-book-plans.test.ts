import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { createLedgerBook, type LedgerBook } from "../api/journal/ledger-book.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { superuserUrl } from "../support/database.ts";

let app: TestApp;
let book: LedgerBook;
beforeAll(async () => {
  app = await createTestApp({ env: { DB_POOL_SIZE: "1", DB_MAX_OVERFLOW: "0" } });
  book = await createLedgerBook(app);
});
afterAll(() => app.close());

const entry = (at: number) => {
  const line = { amount: "1", commodity: "USD" };
  return {
    date: `2024-01-${String((at % 28) + 1).padStart(2, "0")}`,
    tags: [],
    lines: [
      { account_path: "Assets", side: "debit" as const, ...line },
      { account_path: "Income", side: "credit" as const, ...line },
    ],
  };
};

test("posting to new tables finds entries and lines by their primary keys alone, however few there were at first", async () => {
  // A plan is kept from the sixth time on that a connection runs a statement: here, when the tables are next to empty.
  for (let at = 0; at < 10; at += 1) await book.postAll([entry(at)], false);
  const count = 1000;
  await book.postAll(
    Array.from({ length: count }, (_, at) => entry(at)),
    true,
  );
  const { name } = app.database;
  await app.db.close(2000);

  const superuser = postgres(await superuserUrl(name), { max: 1, fetch_types: false });
  const indexes = await superuser<{ name: string; scans: number }[]>`
    select indexrelname as name, idx_scan::int as scans from pg_stat_user_indexes
    where relname in ('lines', 'journal_entries') and idx_scan > 0 order by 1`;
  const [tables] = await superuser<{ read: number }[]>`
    select sum(seq_tup_read)::int as read from pg_stat_user_tables where relname in ('lines', 'journal_entries')`;
  await superuser.end();
  expect(indexes.map((index) => index.name)).toEqual(["journal_entries_pkey", "lines_pkey"]);
  expect(Math.min(...indexes.map((index) => index.scans))).toBeGreaterThan(count);
  expect(tables?.read).toBeLessThan(count);
});
