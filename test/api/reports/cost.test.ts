import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
let superuser: postgres.Sql;
let bank: string;
const history = 1000;
const recent = 5;
let token: string;
const time = "2026-01-01T00:00:00.500Z";
beforeAll(async () => {
  app = await createTestApp({ env: { DB_POOL_SIZE: "1", DB_MAX_OVERFLOW: "0" } });
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
  book = await createBookClient(app);
  bank = `/accounts/${(await book.account("Assets:Bank", { cash_flow: "cash" })).id}`;
  await book.account("Income:Sales", { type: "income" });
  app.clock.current = new Date("2026-01-01T00:00:00Z");
  await post(history, false);
  await post(2, true);
  token = (await book.get("/reports/balance-sheet")).body.knowledge;
  app.clock.current = new Date("2026-01-01T00:00:01Z");
  await post(recent, false);
}, 30_000);
afterAll(async () => {
  await superuser.end();
  await app.close();
});

async function post(count: number, closing: boolean): Promise<void> {
  const line = { amount: "1", commodity: "USD" };
  const entries = Array.from({ length: count }, (_, at) => ({
    date: `2024-01-${String((at % 28) + 1).padStart(2, "0")}`,
    closing,
    lines: [
      { account_path: "Assets:Bank", side: "debit", ...line },
      { account_path: "Income:Sales", side: "credit", ...line },
    ],
  }));
  const { status } = await book.post("/journal-entries/bulk", { entries });
  if (status !== 201) throw new Error(`posting answered ${status}`);
}

/** The rows of entries and of lines that a request made the database read, however it found them. */
async function readBy(path: string): Promise<{ entries: number; lines: number }> {
  const before = await counters();
  const { status, body } = await book.get(path);
  expect({ path, status, body }).toMatchObject({ status: 200 });
  const after = await counters();
  return { entries: after.entries - before.entries, lines: after.lines - before.lines };
}

/** What is only read in the wrong index of lines counts too. As the app's only connection has them, which is made to tell. */
async function counters(): Promise<{ entries: number; lines: number }> {
  await withTx(app.db, { settings: {} }, (tx) => tx.sql`select pg_stat_force_next_flush()`);
  const rows = await superuser<{ relname: string; read: number }[]>`
    select relname, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_user_tables where relname in ('journal_entries', 'lines')
    union all
    select 'lines', idx_tup_read::int from pg_stat_user_indexes where indexrelname = 'lines_account_idx'`;
  const [entries, lines] = ["journal_entries", "lines"].map((name) =>
    rows.filter(({ relname }) => relname === name).reduce((sum, { read }) => sum + read, 0),
  );
  return { entries: entries ?? 0, lines: lines ?? 0 };
}

const reports = ["trial-balance", "balance-sheet"];

test("what is known now is read from the totals: no entry and no line, and of statements of a range only closing entries", async () => {
  for (const name of reports)
    expect(await readBy(`/reports/${name}?as_of=2024-01-20`)).toEqual({ entries: 0, lines: 0 });
  expect(await readBy(`${bank}/balance?as_of=2024-01-20`)).toEqual({ entries: 0, lines: 0 });
  for (const name of ["income-statement", "cash-flow"]) {
    const { entries, lines } = await readBy(`/reports/${name}?as_of=2024-01-20`);
    expect({ name, entries: entries <= 2, lines: lines <= 4 }).toEqual({ name, entries: true, lines: true });
  }
}, 60_000);

test.each(["token", "time"])(
  "what was known at a %s reads what was recorded since, and no more",
  async (kind) => {
    const knownAt = kind === "token" ? token : time;
    for (const path of [...reports.map((name) => `/reports/${name}`), `${bank}/balance`]) {
      const { entries, lines } = await readBy(`${path}?known_at=${knownAt}`);
      expect({ path, entries, lines }).toEqual({ path, entries: expect.any(Number), lines: 2 * recent });
      expect(entries).toBeLessThanOrEqual(2 * recent);
    }
    const changes = await readBy(`/reports/balance-sheet/changes?from=${knownAt}`);
    expect(changes.lines).toBe(2 * recent);
    expect(changes.entries).toBeLessThanOrEqual(4 * recent);
  },
  60_000,
);
