import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decimal, isZero } from "../../../src/domain/decimal.ts";
import { closingEntriesOf, type ResultBalance } from "../../../src/modules/periods/closing-rules.ts";
import { scaled, unscaled } from "../../domain/scaled-bigint.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { accountPaths, entries, type GeneratedEntry } from "../journal/ledger-book.ts";
import { createPeriodBook, entryOf, made, type PeriodBook, paths, retained } from "./period-book.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const outcome = ({ status, body }: { status: number; body: { error_id?: string } }) => [status, body.error_id];
const closing = { retained_earnings: retained };

/** Generated entries on the accounts of a period book, on one of some days. */
const onPaths = (days: readonly string[]) =>
  fc.tuple(entries, fc.constantFrom(...days)).map(
    ([{ lines, tags }, date]): GeneratedEntry => ({
      date,
      tags,
      lines: lines.map((line) => ({ ...line, account_path: String(paths[accountPaths.indexOf(line.account_path)]) })),
    }),
  );

interface AnsweredLine {
  readonly account_path: string;
  readonly side: "debit" | "credit";
  readonly amount: string;
  readonly commodity: string;
  readonly price: unknown;
}

/** Debits minus credits by account and commodity, in canonical text, where not zero. */
function sumsOf(lines: readonly AnsweredLine[]): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const { account_path: path, side, amount, commodity } of lines) {
    const name = `${path} ${commodity}`;
    sums.set(name, (sums.get(name) ?? 0n) + (side === "debit" ? scaled(amount) : -scaled(amount)));
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => [name, unscaled(sum)]));
}

async function linesOf(book: PeriodBook, entryIds: readonly string[]): Promise<AnsweredLine[]> {
  const answers = await Promise.all(entryIds.map((id) => book.get(`/journal-entries/${id}`)));
  return answers.flatMap(({ body }) => body.lines);
}

const isResult = (name: string) => /^(?:Income|Expenses)/.test(name);
const canonical = (sums: Record<string, string>) =>
  Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, unscaled(scaled(sum))]));

test("closing brings every income and expense account to zero in each commodity, and a second close moves only what came since", async () => {
  const years = [
    { days: ["2023-03-01", "2023-12-31"], through: "2023-12-31" },
    { days: ["2024-01-01", "2024-12-31"], through: "2024-12-31" },
  ];
  const lists = fc.tuple(...years.map(({ days }) => fc.array(onPaths(days), { maxLength: 12 })));
  await fc.assert(
    fc.asyncProperty(lists, async (perYear) => {
      const book = await createPeriodBook(app);
      for (const [index, { through }] of years.entries()) {
        const year = perYear[index] ?? [];
        if (year.length > 0) made(await book.post("/journal-entries/bulk", { entries: year }));
        const before = canonical(await book.resultsAt(through));
        const close = await book.closed(through, closing);
        expect(await book.resultsAt(through)).toEqual({});

        const moved = await linesOf(book, close.closing_entry_ids);
        expect(moved.filter(({ price }) => price !== null)).toEqual([]);
        const sums = sumsOf(moved);
        const result = Object.entries(sums).filter(([name]) => isResult(name));
        expect(Object.fromEntries(result.map(([name, sum]) => [name, unscaled(-scaled(sum))]))).toEqual(before);
        expect(Object.keys(sums).filter((name) => !isResult(name) && !name.startsWith("Equity:Retained "))).toEqual([]);
        for (const id of close.closing_entry_ids) {
          const { body } = await book.get(`/journal-entries/${id}`);
          expect(body).toMatchObject({ closing: true, date: through, status: "posted" });
        }
      }
      const verification = await book.get("/verify");
      expect(verification.body).toMatchObject({ status: "ok" });
    }),
    { numRuns: 12, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

test("what is finer than a commodity's places is closed by rounding lines, on both sides", async () => {
  const book = await createPeriodBook(app);
  const rest = { amount: "0.004", commodity: "USD", rounding: true };
  const lines = [
    { account_path: "Expenses", side: "debit", amount: "1.00", commodity: "USD" },
    { account_path: "Expenses:Food", side: "debit", ...rest },
    { account_path: "Income", side: "credit", ...rest },
    { account_path: "Assets", side: "credit", amount: "1.00", commodity: "USD" },
  ];
  const more = [
    { account_path: "Expenses", side: "debit", ...rest, amount: "0.0075" },
    { account_path: "Assets", side: "credit", ...rest, amount: "0.0075" },
  ];
  made(await book.post("/journal-entries", { date: "2024-12-31", lines }));
  made(await book.post("/journal-entries", { date: "2024-12-31", lines: more }));
  made(await book.post("/journal-entries", { date: "2024-12-31", lines: more }));
  const close = await book.closed("2024-12-31", closing);
  const moved = await linesOf(book, close.closing_entry_ids);
  expect(moved.map((line) => ({ ...line, account_id: undefined }))).toMatchObject([
    { account_path: "Expenses", side: "credit", amount: "1.01", rounding: false },
    { account_path: "Expenses", side: "credit", amount: "0.005", rounding: true },
    { account_path: "Expenses:Food", side: "credit", amount: "0.004", rounding: true },
    { account_path: "Income", side: "debit", amount: "0.004", rounding: true },
    { account_path: "Equity:Retained", side: "debit", amount: "1.01", rounding: false },
    { account_path: "Equity:Retained", side: "debit", amount: "0.005", rounding: true },
  ]);
});

const placesOf: Readonly<Record<string, number>> = { USD: 2, JPY: 0, KWD: 3, XAU: 18 };

test("closing lines are amounts, at most 200 an entry, which balances by itself, however many and large the balances", () => {
  const digits = fc.bigInt({ min: 1n, max: 10n ** 43n });
  const balances = fc
    .array(
      fc.record({
        commodity: fc.constantFrom(...Object.keys(placesOf)),
        value: digits,
        negative: fc.boolean(),
        shift: fc.nat(18),
      }),
      { maxLength: 450 },
    )
    .map((drawn) =>
      drawn.map(({ commodity, value, negative, shift }, index): ResultBalance => {
        const text = unscaled(value, shift);
        const balance = (negative ? `-${text}` : text) as Decimal;
        return { accountId: `account ${index}`, commodity, places: placesOf[commodity] ?? 0, balance };
      }),
    );
  fc.assert(
    fc.property(balances, (held) => {
      // A few of them are far beyond what lines can hold one by one.
      const bounded = held.map((one) => ({
        ...one,
        balance: one.balance.replace(/\d{22,}(?=\.|$)/, (text) => text.slice(0, 22)) as Decimal,
      }));
      const lists = closingEntriesOf(bounded, { retainedEarningsId: "retained", linesMax: 200 });
      const sums = new Map<string, bigint>();
      for (const lines of lists) {
        expect(lines.length).toBeGreaterThan(1);
        expect(lines.length).toBeLessThanOrEqual(200);
        const net = new Map<string, bigint>();
        for (const { account_id: id, side, amount, commodity, rounding } of lines) {
          const places = placesOf[commodity] ?? 0;
          const fraction = amount.split(".")[1] ?? "";
          expect(amount).toMatch(/^(0|[1-9]\d{0,19})(\.\d{1,18})?$/);
          expect(isZero(amount)).toBe(false);
          if (rounding) expect(scaled(amount) < 10n ** BigInt(36 - places)).toBe(true);
          else expect(fraction.length).toBeLessThanOrEqual(places);
          const signed = side === "debit" ? scaled(amount) : -scaled(amount);
          net.set(commodity, (net.get(commodity) ?? 0n) + signed);
          if (id !== "retained") sums.set(id, (sums.get(id) ?? 0n) + signed);
        }
        for (const sum of net.values()) expect(sum).toBe(0n);
      }
      for (const { accountId, balance } of bounded) expect(sums.get(accountId)).toBe(-scaled(balance));
    }),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
}, 90_000);

test("a book of more result accounts than an entry has lines is closed by several entries", async () => {
  const book = await createPeriodBook(app);
  const many = Array.from({ length: 230 }, (_, index) => `Expenses:Many:${index}`);
  await Promise.all(many.map((path) => book.account(path, { type: "expense" })));
  const list = many.map((path) => ({
    ...entryOf({ date: "2024-12-31", debit: "Assets", credit: "Liabilities" }),
    lines: [
      { account_path: path, side: "debit", amount: "1.00", commodity: "USD" },
      { account_path: "Assets", side: "credit", amount: "1.00", commodity: "USD" },
    ],
  }));
  made(await book.post("/journal-entries/bulk", { entries: list }));
  const close = await book.closed("2024-12-31", closing);
  const lengths = await Promise.all(
    close.closing_entry_ids.map(async (id: string) => (await linesOf(book, [id])).length),
  );
  expect(lengths).toEqual([200, 32]);
});

test("voiding a closing entry after a reopening gives the balances back, and closing anew moves them again", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income", amount: "7.00" });
  const first = await book.closed("2024-12-31", closing);
  expect((await book.reopen(first.id)).status).toBe(200);
  expect(await book.resultsAt("2024-12-31")).toEqual({});
  const [entryId] = first.closing_entry_ids;
  made(await book.post(`/journal-entries/${entryId}/void`, { date: "2024-12-31", reason: "Reopened" }));
  expect(await book.resultsAt("2024-12-31")).toEqual({ "Income USD": "-7.00" });
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income", amount: "1.00" });
  const second = await book.closed("2024-12-31", {
    retained_earnings: { account_id: book.accountIds.get("Equity:Retained") },
    memo: "Year 2024",
  });
  const { body } = await book.get(`/journal-entries/${second.closing_entry_ids[0]}`);
  expect([body.memo, sumsOf(body.lines)]).toEqual(["Year 2024", { "Income USD": "8", "Equity:Retained USD": "-8" }]);
});

test("what came into a reopened period alone is closed anew", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income", amount: "7.00" });
  const first = await book.closed("2024-12-31", closing);
  await book.reopen(first.id);
  await book.move({ date: "2024-12-30", debit: "Assets", credit: "Income", amount: "1.00" });
  const second = await book.closed("2024-12-31", closing);
  expect(sumsOf(await linesOf(book, second.closing_entry_ids))).toEqual({
    "Income USD": "1",
    "Equity:Retained USD": "-1",
  });
  const third = await book.closed("2025-01-31", closing);
  expect(third.closing_entry_ids).toEqual([]);
});

test("retained earnings are an equity account of the book that takes the entries; the fault is where it was named", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-12-31", debit: "Assets", credit: "Income" });
  const id = String(book.accountIds.get("Assets"));
  const wrong = await book.close("2024-12-31", { retained_earnings: { account_id: id } });
  expect(outcome(wrong)).toEqual([422, "RETAINED_EARNINGS_INVALID"]);
  expect(wrong.body.errors[0].pointer).toBe("/retained_earnings/account_id");
  const unknown = await book.close("2024-12-31", { retained_earnings: { account_path: "Equity:Nowhere" } });
  expect(outcome(unknown)).toEqual([422, "ACCOUNT_UNKNOWN"]);
  expect(unknown.body.errors[0].pointer).toBe("/retained_earnings/account_path");
  await book.patch(`/accounts/${book.accountIds.get("Equity:Retained")}`, { active: false });
  const inactive = await book.close("2024-12-31", closing);
  expect(outcome(inactive)).toEqual([422, "ACCOUNT_INACTIVE"]);
  expect(inactive.body.errors).toEqual([
    { pointer: "/retained_earnings/account_path", detail: "Equity:Retained is inactive", error_id: "ACCOUNT_INACTIVE" },
  ]);
  expect((await book.get("/period-closes")).body.items).toEqual([]);
});

test("an account that was closed before the period's end and still holds something is told, and nothing is closed", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-03-01", debit: "Assets", credit: "Income" });
  await book.post(`/accounts/${book.accountIds.get("Income")}/close`, { closed_on: "2024-06-30" });
  const refused = await book.close("2024-12-31", closing);
  expect(outcome(refused)).toEqual([422, "ACCOUNT_NOT_OPEN"]);
  expect(refused.body.errors).toEqual([
    { pointer: "/closed_through", detail: "Income is open until 2024-06-30", error_id: "ACCOUNT_NOT_OPEN" },
  ]);
  await book.closed("2024-06-30", closing);
  expect((await book.close("2024-12-31", closing)).status).toBe(201);
});

test("an inactive account that still holds something is told by its path alone", async () => {
  const book = await createPeriodBook(app);
  await book.move({ date: "2024-03-01", debit: "Assets", credit: "Income" });
  await book.patch(`/accounts/${book.accountIds.get("Income")}`, { active: false });
  const { status, body } = await book.close("2024-12-31", closing);
  expect([status, body.detail, body.errors[0].pointer]).toEqual([422, "Income is inactive", ""]);
});
