import { expect, test } from "bun:test";
import fc from "fast-check";
import { entryRequestSchema } from "../../../src/modules/journal/schemas.ts";
import { ruleFaultsOf } from "./support/api-rules.ts";
import { faultsOf, linesOf, planOf } from "./support/plan-of.ts";
import { ReplayLedger } from "./support/replay-ledger.ts";

test("an amount finer than its currency's minor unit is kept whole, as a line and a rounding line", () => {
  expect(linesOf(`2024-01-01 * "x"\n  Expenses:Food  1.234 USD\n  Assets:Cash  -1.234 USD`)).toEqual([
    "Expenses:Food 1.23 USD",
    "Expenses:Food 0.004 USD (rounding)",
    "Assets:Cash -1.23 USD",
    "Assets:Cash -0.004 USD (rounding)",
  ]);
  expect(linesOf(`2024-01-01 * "x"\n  Expenses:Food  100.00 JPY\n  Assets:Cash`)).toEqual([
    "Expenses:Food 100 JPY",
    "Assets:Cash -100 JPY",
  ]);
});

test("a finer amount that has a price balances in both currencies through the rounding account", () => {
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  1.234 EUR @ 1.5 USD\n  Assets:Cash  -1.851 USD`)).toEqual([
    "Assets:Bank 1.23 EUR @ 1.5 USD",
    "Assets:Bank 0.004 EUR (rounding)",
    "Assets:Cash -1.85 USD",
    "Assets:Cash -0.001 USD (rounding)",
    "Equity:Rounding 0.006 USD (rounding)",
    "Equity:Rounding -0.004 EUR (rounding)",
  ]);
});

test("a total that does not divide gives a unit price of a weight of 18 places, and says the book's weight", () => {
  const plan = planOf(`2024-01-01 * "x"\n  Assets:Bank  3 X {{100 USD}}\n  Assets:Cash  -100 USD`);
  expect(plan.faults).toEqual([]);
  expect(plan.entries[0]?.body.lines).toEqual([
    {
      account_path: "Assets:Bank",
      side: "debit",
      amount: "3",
      commodity: "X",
      price: { amount: "33.333333333333333333", commodity: "USD" },
      metadata: { cost_date: "2024-01-01", beancount_weight: "100 USD" },
    },
    { account_path: "Assets:Cash", side: "credit", amount: "100", commodity: "USD" },
    {
      account_path: "Equity:Rounding",
      side: "debit",
      amount: "0.000000000000000001",
      commodity: "USD",
      rounding: true,
    },
  ]);
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  4 X @@ 10 USD\n  Assets:Cash  -10 USD`)).toEqual([
    "Assets:Bank 4 X @ 2.5 USD",
    "Assets:Cash -10 USD",
  ]);
});

test("units held at no cost get the smallest price that there is, as the API has none of zero", () => {
  expect(linesOf(`2024-01-01 * "gift"\n  Assets:Bank  10 X {0 USD}\n  Assets:Cash  0 USD`)).toEqual([
    "Assets:Bank 10 X @ 0.000000000000000001 USD",
    "Assets:Cash 0 USD",
    "Equity:Rounding -0.00000000000000001 USD (rounding)",
  ]);
});

test("a price whose weight the API's rounding cannot hold is a fault, not a wrong number", () => {
  const text = (price: string): string =>
    `2024-01-01 * "x"\n  Assets:Bank  0.123456789012345678 X {${price} USD}\n  Assets:Cash  -1.00 USD\n  Income:Gains  USD`;
  expect(faultsOf(text("1234.56"))[0]).toContain("cannot give the weight");
  expect(faultsOf(text("1235"))).toEqual([]);
});

test("a commodity gets the places of its finest amount, two at the least; ISO currencies and their names are built in", () => {
  const plan = planOf(`2024-01-01 commodity X
  name: "Ex  Inc."
  ticker: "X"
2024-01-01 commodity USD
  name: "Dollar"
2024-01-02 * "x"
  Assets:Bank  1.12345 X {1 Y-1}
  Assets:Cash  -1.12 Y-1
2024-01-02 price Z 1 USD`);
  expect(plan.faults).toEqual([]);
  expect(plan.commodities.map(({ body }) => body)).toEqual([
    { code: "X", name: "Ex  Inc.", places: 5 },
    { code: "Z", places: 2 },
    { code: "Y-1", places: 2 },
  ]);
  expect(plan.unimported.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
    "commodity metadata ticker 1",
    "commodity metadata name 4",
  ]);
});

test("accounts get type, dates, commodities and a description of their metadata; root names are the book's", () => {
  const plan = planOf(`option "name_assets" "Vermögen"
2024-01-01 open Vermögen:Giro EUR, USD
  bank: "GLS"
2024-01-03 close Vermögen:Giro
2024-01-02 * "x"
  Vermögen:Giro  1 EUR
  Equity:Opening`);
  expect(plan.accounts.find(({ line }) => line === 2)?.body).toEqual({
    path: "Vermögen:Giro",
    type: "asset",
    commodities: ["EUR", "USD"],
    description: "bank: GLS",
    opened_on: "2024-01-01",
  });
  expect(plan.closings.map(({ body }) => body)).toEqual([{ path: "Vermögen:Giro", closed_on: "2024-01-03" }]);
  expect(plan.faults.map(({ message }) => message)).toEqual([
    "Assets:Cash is under none of the five roots Vermögen, Liabilities, Equity, Income, Expenses",
    "Assets:Bank is under none of the five roots Vermögen, Liabilities, Equity, Income, Expenses",
    "Assets:Broker is under none of the five roots Vermögen, Liabilities, Equity, Income, Expenses",
  ]);
});

test("faults entries before opening, after closing, on unknown accounts and in commodities that the account does not take", () => {
  const entry = (date: string, account: string, currency = "USD"): string =>
    `${date} * "x"\n  ${account}  1 ${currency}\n  Equity:Opening\n`;
  const lifetime = "2024-02-01 open Assets:Short USD\n2024-03-01 close Assets:Short\n";
  expect(faultsOf(lifetime + entry("2024-02-01", "Assets:Short") + entry("2024-03-01", "Assets:Short"))).toEqual([]);
  expect(faultsOf(lifetime + entry("2024-01-31", "Assets:Short"))).toEqual([
    "3: Assets:Short opens only on 2024-02-01",
  ]);
  expect(faultsOf(lifetime + entry("2024-03-02", "Assets:Short"))).toEqual([
    "3: Assets:Short was closed on 2024-03-01",
  ]);
  expect(faultsOf(lifetime + entry("2024-02-02", "Assets:Short", "EUR"))).toEqual([
    "3: Assets:Short takes USD only, not EUR",
  ]);
  expect(faultsOf(entry("2024-02-02", "Assets:Never"))).toEqual(["1: Assets:Never is not opened"]);
  expect(faultsOf(`plugin "beancount.plugins.auto_accounts"\n${entry("2024-02-02", "Assets:Never")}`)).toEqual([]);
  expect(faultsOf("2024-01-01 balance Assets:Never 1 USD")).toEqual(["1: Assets:Never is not opened"]);
});

test("flags, labels, odd texts and the book's line are kept where the API has room for them", () => {
  const plan = planOf(`2024-01-01 ! "Two
lines" " edges " #t ^l
  flag: "own"
  ! Assets:Bank  1 USD
    memo: "m"
  Equity:Opening`);
  expect(plan.entries[0]?.body).toMatchObject({
    memo: "edges",
    payee: "Two lines",
    tags: ["t"],
    links: ["l"],
    source: "beancount book.beancount",
    metadata: { flag: "own", beancount_flag: "!", beancount_line: 1, payee: "Two\nlines", narration: " edges " },
  });
  expect(plan.entries[0]?.body.lines[0]?.metadata).toEqual({ memo: "m", flag: "!" });
});

test("of two prices for one day the later stands and the other is told; a price of zero or in itself is a fault", () => {
  const plan = planOf(`2024-01-01 price X 1 USD\n2024-01-01 price X 2.50 USD`);
  expect(plan.prices.map(({ body }) => body.price)).toEqual(["2.50"]);
  expect(plan.unimported).toMatchObject([{ kind: "superseded price", line: 1 }]);
  expect(faultsOf("2024-01-01 price X 0 USD\n2024-01-01 price X 1 X\n2024-01-01 price X -1 USD")).toHaveLength(3);
});

test("an assertion asks for the day before, with its own tolerance or that of its number", () => {
  const plan = planOf(`2024-03-01 balance Assets:Bank 1.00 USD
2024-03-01 balance Assets:Bank 1 USD
2024-03-01 balance Assets:Bank 1.00 ~ 0.5 USD`);
  expect(plan.assertions.map(({ date, tolerance }) => `${date} ±${tolerance}`)).toEqual([
    "2024-02-29 ±0.01",
    "2024-02-29 ±0",
    "2024-02-29 ±0.5",
  ]);
});

test("any transaction that balances becomes an entry that the API's schema and rules take, and no unit is lost", () => {
  const number = fc.tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.nat(5));
  const posting = fc.record({
    account: fc.constantFrom("Assets:Bank", "Assets:Broker", "Expenses:Food"),
    number,
    currency: fc.constantFrom("USD", "JPY", "KWD", "X"),
    price: fc.option(fc.tuple(fc.constantFrom("@", "@@"), fc.bigInt({ min: 1n, max: 10n ** 8n }), fc.nat(5))),
  });
  fc.assert(
    fc.property(fc.array(posting, { minLength: 1, maxLength: 5 }), (postings) => {
      const written = postings.map(({ account, number: [digits, scale], currency, price }) => {
        const rate = price && digits !== 0n ? ` ${price[0]} ${decimal(price[1], price[2])} CHF` : "";
        return {
          account,
          currency,
          units: decimal(digits, scale),
          text: `  ${account}  ${decimal(digits, scale)} ${currency}${rate}`,
        };
      });
      const plan = planOf(`2024-01-01 * "x"\n${written.map(({ text }) => text).join("\n")}\n  Equity:Opening`);
      expect(plan.faults.filter(({ message }) => !message.includes("fewer than two lines"))).toEqual([]);
      for (const { body } of plan.entries) {
        expect(entryRequestSchema.safeParse(body).error).toBeUndefined();
        expect(ruleFaultsOf(body, plan)).toEqual([]);
      }
      if (plan.entries.length === 0) return;
      const [entry] = plan.entries;
      const ledger = new ReplayLedger();
      if (entry) ledger.post(entry.body);
      for (const account of ["Assets:Bank", "Assets:Broker", "Expenses:Food"]) {
        for (const [currency, balance] of ledger.balances(account, "2024-01-01")) {
          const own = written.filter((part) => part.account === account && part.currency === currency);
          expect(scaled(balance.toFixed(5))).toBe(own.reduce((sum, { units }) => sum + scaled(units), 0n));
        }
      }
    }),
  );
});

function decimal(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const point = text.length - scale;
  return `${digits < 0n ? "-" : ""}${text.slice(0, point)}${scale === 0 ? "" : `.${text.slice(point)}`}`;
}

/** A decimal of at most five places, times 10^5. */
function scaled(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(5, "0")}`);
}
