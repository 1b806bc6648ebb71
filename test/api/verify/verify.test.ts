import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import { INVARIANT_NAMES, type InvariantName } from "../../../src/modules/verify/schemas.ts";
import type { Verification } from "../../../src/modules/verify/service.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";
import { accountPaths, createLedgerBook, entries } from "../journal/ledger-book.ts";
import { historyPlantings } from "./history-plantings.ts";
import {
  createPlantedBook,
  insertHeaders,
  type Planted,
  type PlantedBook,
  type Planting,
  plant,
  voidPlain,
} from "./planted-book.ts";

let app: TestApp;
let superuser: postgres.Sql;
/** Stands in the same database as every broken one. */
let neighbour: PlantedBook;
beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
  // A check binds everybody, so a wrong weight can only be planted where it does not stand.
  await superuser`alter table ledger.lines drop constraint lines_weight_check, drop constraint lines_price_check`;
  neighbour = await createPlantedBook(app);
});
afterAll(async () => {
  await superuser.end();
  await app.close();
});

async function verify(book: BookClient): Promise<Verification> {
  const { status, body } = await book.get("/verify");
  expect(status).toBe(200);
  return body;
}

const clean = INVARIANT_NAMES.map((name) => ({ name, status: "ok", violations: 0, examples: [] }));

/** The invariants that do not hold, with how often; each must say so itself. */
function brokenIn({ status, invariants }: Verification): Partial<Record<InvariantName, number>> {
  expect(invariants.map(({ name }) => name)).toEqual([...INVARIANT_NAMES]);
  for (const invariant of invariants) {
    expect(invariant.status).toBe(invariant.violations === 0 ? "ok" : "failed");
    expect(invariant.examples.length).toBe(Math.min(invariant.violations, 10));
  }
  const broken = invariants.filter(({ violations }) => violations > 0);
  expect(status).toBe(broken.length === 0 ? "ok" : "failed");
  return Object.fromEntries(broken.map(({ name, violations }) => [name, violations]));
}

test("every invariant holds in an empty book, and in a neighbour of broken ones", async () => {
  expect(await verify(await createBookClient(app))).toEqual({
    status: "ok",
    checked: { entries: 0, lines: 0, accounts: 0 },
    invariants: clean,
  } as Verification);
  expect(await verify(neighbour)).toEqual({
    status: "ok",
    checked: { entries: 2, lines: 4, accounts: 6 },
    invariants: clean,
  } as Verification);
});

test("every invariant holds in whatever is posted", async () => {
  const lists = fc.array(entries, { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(lists, fc.boolean(), async (list, bulk) => {
      const book = await createLedgerBook(app);
      const posted = await book.postAll(list, bulk);
      expect(await verify(book)).toEqual({
        status: "ok",
        checked: {
          entries: posted.length,
          lines: posted.flatMap(({ lines }) => lines).length,
          accounts: accountPaths.length,
        },
        invariants: clean,
      } as Verification);
    }),
    { numRuns: 8, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

const account = (book: PlantedBook, path: string) => String(book.accountIds.get(path));

const plantings: Record<string, Planted> = {
  "an entry whose debits exceed its credits in the 18th place": {
    planting: (sql, { plainId }) => sql`
      update ledger.lines set amount = 10.000000000000000001, weight = 10.000000000000000001, rounding = true
      where entry_id = ${plainId} and position = 0`,
    broken: { entries_balance: 1, totals_equal_lines: 1, balances_equal_lines: 1, book_sums_to_zero: 1 },
    examples: ({ plainId }) => ({
      entries_balance: { entry_id: plainId, detail: "USD: debits minus credits are 0.000000000000000001." },
      book_sums_to_zero: { commodity: "USD", detail: "Debits minus credits are 0.000000000000000001." },
    }),
  },
  "an entry that balances over all commodities and in none": {
    planting: (sql, { plainId }) => sql`
      update ledger.lines set commodity = 'EUR', weight_commodity = 'EUR' where entry_id = ${plainId} and position = 1`,
    broken: { entries_balance: 1, totals_equal_lines: 2, balances_equal_lines: 2, book_sums_to_zero: 2 },
    examples: ({ plainId }) => ({
      entries_balance: {
        entry_id: plainId,
        detail: "EUR: debits minus credits are -10. USD: debits minus credits are 10.",
      },
    }),
  },
  "two entries that only balance one another": {
    planting: async (sql, { pricedId, plainId }) => {
      await sql`update ledger.lines set commodity = 'USD', price_amount = null, price_commodity = null, amount = 1,
        weight = 1, weight_commodity = 'USD' where entry_id = ${pricedId}`;
      await sql`update ledger.lines set amount = 2, weight = 2 where entry_id = ${pricedId} and position = 0`;
      await sql`update ledger.lines set amount = 9, weight = 9 where entry_id = ${plainId} and position = 0`;
    },
    broken: { entries_balance: 2, totals_equal_lines: 5, balances_equal_lines: 4 },
  },
  "an entry of amounts that are no numbers": {
    planting: (sql, { plainId }) => sql`
      update ledger.lines set amount = 'NaN', weight = 'NaN' where entry_id = ${plainId}`,
    broken: {
      entries_balance: 1,
      totals_equal_lines: 2,
      balances_equal_lines: 2,
      book_sums_to_zero: 1,
      amounts_fit_places: 2,
    },
  },
  "more entries without lines than there are examples": {
    planting: (sql, book) => insertHeaders(sql, book, { count: 12, status: "posted" }),
    broken: { entries_balance: 12 },
  },
  "an entry with one line": {
    planting: async (sql, { plainId, bookId }) => {
      await sql`delete from ledger.lines where entry_id = ${plainId} and position = 1`;
      await sql`update ledger.lines set amount = 0, weight = 0 where entry_id = ${plainId}`;
      await sql`update ledger.daily_totals set debit = 0, credit = 0, weight_debit = 0, weight_credit = 0
        where book_id = ${bookId} and commodity = 'USD'`;
    },
    broken: { entries_balance: 1, balances_equal_lines: 2 },
    examples: ({ plainId }) => ({ entries_balance: { entry_id: plainId, detail: "Lines: 1." } }),
  },
  "a line with another date than its entry": {
    planting: (sql, { plainId }) => sql`
      update ledger.lines set date = '2024-01-02' where entry_id = ${plainId} and position = 1`,
    broken: { lines_dated: 1, totals_equal_lines: 2 },
    examples: ({ plainId }) => ({
      lines_dated: { entry_id: plainId, position: 1, date: "2024-01-02", detail: "The entry is of 2024-01-01." },
    }),
  },
  "lines without an entry": {
    planting: (sql, { plainId }) => sql`delete from ledger.journal_entries where id = ${plainId}`,
    broken: { lines_dated: 2, totals_equal_lines: 2, balances_equal_lines: 2 },
    examples: ({ plainId }) => ({
      lines_dated: { entry_id: plainId, position: 0, date: "2024-01-01", detail: "There is no such entry." },
    }),
  },
  "a weight that is not amount times price": {
    planting: async (sql, { pricedId, bookId }) => {
      await sql`update ledger.lines set amount = 4 where entry_id = ${pricedId} and position = 0`;
      await sql`update ledger.daily_totals set debit = 4 where book_id = ${bookId} and commodity = 'SEAT'`;
    },
    broken: { weights: 1, balances_equal_lines: 1 },
    examples: ({ pricedId }) => ({
      weights: { entry_id: pricedId, position: 0, detail: "4 SEAT at 2.500 KWD weighs 7.5 KWD." },
    }),
  },
  "weights in another commodity than the amounts": {
    planting: async (sql, { plainId, bookId }) => {
      await sql`update ledger.lines set weight_commodity = 'EUR' where entry_id = ${plainId}`;
      await sql`update ledger.daily_totals set weight_commodity = 'EUR' where book_id = ${bookId} and commodity = 'USD'`;
    },
    broken: { weights: 2 },
    examples: ({ plainId }) => ({
      weights: { entry_id: plainId, position: 0, detail: "10.00 USD weighs 10 EUR." },
    }),
  },
  "a price's commodity without a price": {
    planting: (sql, { plainId }) => sql`update ledger.lines set price_commodity = 'USD' where entry_id = ${plainId}`,
    broken: { weights: 2 },
  },
  "a wrong total": {
    planting: (sql, { bookId }) => sql`
      update ledger.daily_totals set debit = debit + 0.01 where book_id = ${bookId} and commodity = 'USD' and debit > 0`,
    broken: { totals_equal_lines: 1 },
    examples: (book) => ({
      totals_equal_lines: {
        account_id: account(book, "Assets:Bank"),
        commodity: "USD",
        date: "2024-01-01",
        detail:
          "USD, weighing in USD (debit, credit, weight debit, weight credit): " +
          "kept 10.01, 0, 10, 0, of the lines 10.00, 0, 10, 0.",
      },
    }),
  },
  "a total whose weight alone is wrong": {
    planting: (sql, { bookId }) => sql`
      update ledger.daily_totals set weight_credit = 7.501 where book_id = ${bookId} and commodity = 'KWD'`,
    broken: { totals_equal_lines: 1 },
  },
  "a missing total": {
    planting: (sql, { bookId }) => sql`
      delete from ledger.daily_totals where book_id = ${bookId} and commodity = 'SEAT'`,
    broken: { totals_equal_lines: 1 },
    examples: (book) => ({
      totals_equal_lines: {
        account_id: account(book, "Assets"),
        commodity: "SEAT",
        date: "2024-03-01",
        detail:
          "SEAT, weighing in KWD (debit, credit, weight debit, weight credit): kept none, of the lines 3, 0, 7.5, 0.",
      },
    }),
  },
  "missing totals of lines of nothing": {
    planting: async (sql, { plainId, bookId }) => {
      await sql`update ledger.lines set amount = 0, weight = 0 where entry_id = ${plainId}`;
      await sql`delete from ledger.daily_totals where book_id = ${bookId} and commodity = 'USD'`;
    },
    broken: { totals_equal_lines: 2, balances_equal_lines: 2 },
  },
  "a total of something without lines": {
    planting: (sql, book) => sql`
      insert into ledger.daily_totals values
        (${book.bookId}, ${account(book, "Income")}, 'USD', 'USD', '2024-01-02', 1, 1, 1, 1)`,
    broken: { totals_equal_lines: 1 },
    examples: (book) => ({
      totals_equal_lines: {
        account_id: account(book, "Income"),
        commodity: "USD",
        date: "2024-01-02",
        detail:
          "USD, weighing in USD (debit, credit, weight debit, weight credit): kept 1, 1, 1, 1, of the lines none.",
      },
    }),
  },
  "amounts finer than their currency": {
    planting: async (sql, { plainId, bookId }) => {
      await sql`update ledger.lines set amount = 10.001, weight = 10.001 where entry_id = ${plainId}`;
      await sql`update ledger.daily_totals set debit = sign(debit) * 10.001, weight_debit = sign(debit) * 10.001,
        credit = sign(credit) * 10.001, weight_credit = sign(credit) * 10.001
        where book_id = ${bookId} and commodity = 'USD'`;
    },
    broken: { amounts_fit_places: 2, balances_equal_lines: 2 },
    examples: ({ plainId }) => ({
      amounts_fit_places: {
        entry_id: plainId,
        position: 0,
        commodity: "USD",
        detail: "10.001 has more than the 2 decimal places of USD.",
      },
    }),
  },
  "an amount written finer than the book's own commodity": {
    planting: (sql, { pricedId }) => sql`
      update ledger.lines set amount = 3.0 where entry_id = ${pricedId} and position = 0`,
    broken: { amounts_fit_places: 1 },
    examples: ({ pricedId }) => ({
      amounts_fit_places: {
        entry_id: pricedId,
        position: 0,
        commodity: "SEAT",
        detail: "3.0 has more than the 0 decimal places of SEAT.",
      },
    }),
  },
  "a commodity that the book does not know": {
    planting: (sql, { bookId }) => sql`delete from ledger.commodities where book_id = ${bookId} and code = 'SEAT'`,
    broken: { amounts_fit_places: 1 },
  },
  "a line before its account was opened": {
    planting: (sql, book) => sql`
      update ledger.accounts set opened_on = '2024-01-02' where book_id = ${book.bookId} and path = 'Income'`,
    broken: { lines_within_account_dates: 1 },
    examples: (book) => ({
      lines_within_account_dates: {
        entry_id: book.plainId,
        position: 1,
        account_id: account(book, "Income"),
        date: "2024-01-01",
        detail: "The account was opened on 2024-01-02.",
      },
    }),
  },
  "a line after its account was closed": {
    planting: (sql, book) => sql`
      update ledger.accounts set closed_on = '2024-02-29' where book_id = ${book.bookId} and path = 'Assets:Bank'`,
    broken: { lines_within_account_dates: 1 },
    examples: (book) => ({
      lines_within_account_dates: {
        entry_id: book.pricedId,
        position: 1,
        account_id: account(book, "Assets:Bank"),
        date: "2024-03-01",
        detail: "The account was closed on 2024-02-29.",
      },
    }),
  },
  "a line without an account": {
    planting: (sql, book) => sql`
      delete from ledger.accounts where book_id = ${book.bookId} and path = 'Income'`,
    broken: { lines_within_account_dates: 1 },
  },
  ...historyPlantings,
};

test("every invariant has a planted violation", () => {
  const planted = Object.values(plantings).flatMap(({ broken }) => Object.keys(broken));
  expect([...new Set(planted)].toSorted()).toEqual([...INVARIANT_NAMES].toSorted());
});

test.each(Object.entries(plantings))("finds %s, in no book but its own", async (_, planted) => {
  const { broken, examples } = planted;
  const book = await createPlantedBook(app);
  expect(brokenIn(await verify(book))).toEqual({});
  await plant(superuser, book, planted);
  const verification = await verify(book);
  expect(brokenIn(verification)).toEqual(broken);
  for (const [name, example] of Object.entries(examples?.(book) ?? {})) {
    const found = verification.invariants.find((invariant) => invariant.name === name)?.examples[0];
    expect([name, found]).toEqual([name, example]);
  }
  expect(brokenIn(await verify(neighbour))).toEqual({});
});

const sound: Record<string, Planting> = {
  "a draft without lines": (sql, book) => insertHeaders(sql, book, { count: 1, status: "draft" }),
  "a total of nothing without lines": (sql, book) => sql`
    insert into ledger.daily_totals values
      (${book.bookId}, ${account(book, "Income")}, 'USD', 'USD', '2024-01-02', 0, 0, 0, 0)`,
  "lines on the days on which their accounts open and close": (sql, { bookId }) => sql`
    update ledger.accounts set opened_on = '2024-01-01', closed_on = '2024-03-01' where book_id = ${bookId}`,
  "a remainder finer than its currency": async (sql, { plainId, bookId }) => {
    await sql`update ledger.lines set amount = 0.001, weight = 0.001, rounding = true where entry_id = ${plainId}`;
    await sql`update ledger.daily_totals set debit = sign(debit) * 0.001, weight_debit = sign(debit) * 0.001,
      credit = sign(credit) * 0.001, weight_credit = sign(credit) * 0.001 where book_id = ${bookId} and commodity = 'USD'`;
    await sql`update ledger.account_balances set debit = sign(debit) * 0.001, credit = sign(credit) * 0.001
      where book_id = ${bookId} and commodity = 'USD'`;
  },
  "a voided entry and its reversal, which totals still count": (_, book) => voidPlain(book),
  "an unbalanced draft, too precise and outside its account's days, which no total counts": async (sql, book) => {
    const { plainId, bookId } = book;
    await sql`update ledger.journal_entries set status = 'draft', seal = null where id = ${plainId}`;
    await sql`update ledger.lines set side = 'debit', amount = 1.001, weight = 1.001 where entry_id = ${plainId}`;
    await sql`update ledger.accounts set opened_on = '2024-02-01' where book_id = ${bookId} and path = 'Income'`;
    await sql`delete from ledger.daily_totals where book_id = ${bookId} and commodity = 'USD'`;
    await sql`delete from ledger.account_balances where book_id = ${bookId} and commodity = 'USD'`;
  },
  "entries of a closed period before its close, while it was reopened and after it": async (_, book) => {
    const transfer = async (date: string) => {
      const { status } = await book.transfer({ date, debit: "Assets:Bank", credit: "Income" });
      expect(status).toBe(201);
    };
    const { body: close } = await book.post("/period-closes", { closed_through: "2024-12-31" });
    await transfer("2025-01-01");
    await book.post(`/period-closes/${close.id}/reopen`, { reason: "Late" });
    await transfer("2024-12-31");
    expect((await book.post("/period-closes", { closed_through: "2024-12-31" })).status).toBe(201);
  },
};

test.each(Object.entries(sound))("has nothing against %s", async (_, planting) => {
  const book = await createPlantedBook(app);
  await plant(superuser, book, { planting });
  expect(brokenIn(await verify(book))).toEqual({});
});

test("an entry that is posted meanwhile is seen whole or not at all", async () => {
  const book = await createPlantedBook(app);
  const posting = Promise.all(
    Array.from({ length: 30 }, () =>
      book.transfer({ date: "2024-01-01", debit: "Assets:Bank", credit: "Income", commodity: "JPY" }),
    ),
  );
  const verifications = await Promise.all(Array.from({ length: 15 }, () => verify(book)));
  for (const verification of verifications) expect(brokenIn(verification)).toEqual({});
  for (const { status } of await posting) expect(status).toBe(201);
  expect((await verify(book)).checked).toMatchObject({ entries: 32, lines: 64 });
});
