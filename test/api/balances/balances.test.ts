import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import { scaled } from "../../domain/scaled-bigint.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { accountPaths, createLedgerBook, dates, entries, type LedgerBook } from "../journal/ledger-book.ts";
import { balanceOf, type RefLine, registerOf, type Sums, sumsBy, toLines, trialBalanceOf } from "./reference-ledger.ts";
import { findStrayTotals } from "./stray-totals.ts";

let app: TestApp;
let superuser: postgres.Sql;
beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

const queryOf = (fields: object) =>
  new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)).toString();

interface WireSum {
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
}

/** The API's sums by a key; each balance must be debit − credit. */
function toSums<Row extends WireSum>(rows: readonly Row[], keyOf: (row: Row) => string): Sums {
  return Object.fromEntries(
    rows.map((row) => {
      const sum = { debit: scaled(row.debit), credit: scaled(row.credit) };
      expect(scaled(row.balance)).toBe(sum.debit - sum.credit);
      return [keyOf(row), sum];
    }),
  );
}

async function assertBalances(book: LedgerBook, lines: readonly RefLine[], date: string | null): Promise<void> {
  for (const [path, id] of book.accountIds) {
    for (const descendants of [true, false]) {
      const { status, body } = await book.get(`/accounts/${id}/balance?${queryOf({ as_of: date, descendants })}`);
      expect([status, body.account_id, body.path, body.as_of]).toEqual([200, id, path, date]);
      expect(toSums(body.balances, (row: WireSum & { commodity: string }) => row.commodity)).toEqual(
        balanceOf(lines, { path, date, descendants }),
      );
    }
  }
}

interface TrialRow extends WireSum {
  readonly path: string;
  readonly commodity: string;
  readonly weight_commodity: string;
  readonly weight_debit: string;
  readonly weight_credit: string;
}

async function assertTrialBalance(book: LedgerBook, lines: readonly RefLine[], date: string | null): Promise<void> {
  const { body } = await book.get(`/reports/trial-balance?${queryOf({ as_of: date })}`);
  const rows: TrialRow[] = body.items;
  const keyOf = (row: TrialRow) => `${row.path} ${row.commodity} ${row.weight_commodity}`;
  const expected = trialBalanceOf(lines, date);
  expect(toSums(rows, keyOf)).toEqual(expected.amounts);
  const weights = rows.map((row) => [
    keyOf(row),
    { debit: scaled(row.weight_debit), credit: scaled(row.weight_credit) },
  ]);
  expect(Object.fromEntries(weights)).toEqual(expected.weights);
  expect(rows.map(keyOf)).toEqual(rows.map(keyOf).toSorted());

  const totals = new Map<string, { debit: bigint; credit: bigint }>();
  for (const total of body.totals) {
    expect(total.debit).toBe(total.credit);
    totals.set(total.commodity, { debit: scaled(total.debit), credit: scaled(total.credit) });
  }
  const byWeight = sumsBy(
    lines.filter((line) => date === null || line.date <= date),
    (line) => line.weightCommodity,
    (line) => line.weight,
  );
  expect(Object.fromEntries(totals)).toEqual(byWeight);
}

const registerQueries = fc.record(
  {
    path: fc.constantFrom(...accountPaths),
    limit: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(200)),
    from: fc.constantFrom(...dates, "2024-01-15"),
    to: fc.constantFrom(...dates, "2024-01-15"),
    commodity: fc.constantFrom("USD", "JPY", "KWD", "ACME", "SEAT", "EUR"),
  },
  { requiredKeys: ["path", "limit"] },
);
type RegisterQuery = typeof registerQueries extends fc.Arbitrary<infer Query> ? Query : never;

async function assertRegister(book: LedgerBook, lines: readonly RefLine[], query: RegisterQuery): Promise<void> {
  const { path, limit, ...filter } = query;
  const listed = await book.all(`/accounts/${book.accountIds.get(path)}/register?${queryOf(filter)}`, limit);
  const wire = listed.map((row) => [
    row.entry_id,
    row.position,
    row.date,
    row.side,
    row.commodity,
    scaled(row.amount),
    scaled(row.balance),
  ]);
  const expected = registerOf(lines, { path, ...filter });
  expect(wire).toEqual(
    expected.map((line) => [
      line.entryId,
      line.position,
      line.date,
      line.side,
      line.commodity,
      line.amount,
      line.balance,
    ]),
  );
}

test("balances, registers and trial balances are the sums of the lines, at every date", async () => {
  const books = fc.record({
    list: fc.array(entries, { maxLength: 25 }),
    bulk: fc.boolean(),
    registers: fc.array(registerQueries, { minLength: 12, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(books, async ({ list, bulk, registers }) => {
      const book = await createLedgerBook(app);
      const posted = [...(await book.postAll(list.slice(0, 15), bulk)), ...(await book.postAll(list.slice(15), !bulk))];
      const lines = toLines(posted);
      for (const date of [null, ...dates, "0001-01-01", "2024-01-15"]) {
        await assertBalances(book, lines, date);
        await assertTrialBalance(book, lines, date);
      }
      for (const query of registers) await assertRegister(book, lines, query);
      expect(await findStrayTotals(superuser, book.bookId)).toEqual([]);
    }),
    { numRuns: 12, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);
