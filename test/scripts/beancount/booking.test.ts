import { expect, test } from "bun:test";
import { faultsOf, linesOf, planOf } from "./support/plan-of.ts";

const BUY = `2024-01-01 * "buy"
  Assets:Broker  10 X {10.00 USD}
  Assets:Cash
2024-02-01 * "buy"
  Assets:Broker  10 X {12.00 USD, "second"}
  Assets:Cash
`;

test("an amount left out is what its currency group lacks, one line for each currency", () => {
  expect(
    linesOf(`2024-01-01 * "x"
  Expenses:Food  10.50 USD
  Expenses:Food  3 EUR
  Assets:Cash`),
  ).toEqual(["Expenses:Food 10.50 USD", "Expenses:Food 3 EUR", "Assets:Cash -10.5 USD", "Assets:Cash -3 EUR"]);
});

test("an interpolated amount is rounded half-even to the precision of the others, and the rest is a rounding line", () => {
  expect(
    linesOf(`2024-01-01 * "x"
  Assets:Broker  3.5 X {1.235 USD}
  Expenses:Food  0.00 USD
  Assets:Cash`),
  ).toEqual([
    "Assets:Broker 3.5 X @ 1.235 USD",
    "Expenses:Food 0.00 USD",
    "Assets:Cash -4.32 USD",
    "Equity:Rounding -0.0025 USD (rounding)",
  ]);
});

test("a currency, a price, a cost and units that are left out follow from the rest", () => {
  expect(linesOf(`2024-01-01 * "x"\n  Expenses:Food  5 USD\n  Assets:Cash  -5`)).toEqual([
    "Expenses:Food 5 USD",
    "Assets:Cash -5 USD",
  ]);
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  10 EUR @ USD\n  Assets:Cash  -11 USD`)[0]).toBe(
    "Assets:Bank 10 EUR @ 1.1 USD",
  );
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  X {2 USD}\n  Assets:Cash  -11 USD`)[0]).toBe(
    "Assets:Bank 5.5 X @ 2 USD",
  );
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  4 X {}\n  Assets:Cash  -10 USD`)[0]).toBe(
    "Assets:Bank 4 X @ 2.5 USD",
  );
  expect(linesOf(`2024-01-01 * "x"\n  Assets:Bank  4 X {2 # USD}\n  Assets:Cash  -10 USD`)[0]).toBe(
    "Assets:Bank 4 X @ 2.5 USD",
  );
});

test("more than one number left out in a currency is a fault with its line", () => {
  expect(faultsOf(`2024-01-01 * "x"\n  Assets:Cash  USD\n  Assets:Bank  USD\n  Expenses:Food  1 USD`)).toEqual([
    "3: more than one number is left out among the postings in USD",
  ]);
  expect(faultsOf(`2024-01-01 * "x"\n  Assets:Cash\n  Assets:Bank\n  Expenses:Food  1 USD`)).toEqual([
    "3: only one posting of a transaction may leave out its amount",
  ]);
});

test("beyond its tolerance a transaction is a fault, within it the remainder is a rounding line", () => {
  const text = (cash: string): string =>
    `2024-01-01 * "x"\n  Assets:Broker  1.111 X {1.11 USD}\n  Assets:Cash  ${cash} USD`;
  expect(linesOf(text("-1.23")).at(-1)).toBe("Equity:Rounding -0.00321 USD (rounding)");
  expect(faultsOf(text("-1.22"))).toEqual(["1: the transaction does not balance: 0.01321 USD (tolerance 0.005)"]);
  expect(faultsOf(text("-1"))).toEqual(["1: the transaction does not balance: 0.23321 USD (tolerance 0)"]);
});

test("the coarsest amount of a currency sets its tolerance, and a remainder of a minor unit or more is no rounding line", () => {
  expect(linesOf(`2024-01-01 * "x"\n  Expenses:Food  10.043 USD\n  Assets:Cash  -10.0 USD`)).toEqual([
    "Expenses:Food 10.04 USD",
    "Expenses:Food 0.003 USD (rounding)",
    "Assets:Cash -10.0 USD",
    "Equity:Rounding -0.04 USD",
    "Equity:Rounding -0.003 USD (rounding)",
  ]);
});

test("the book's options set tolerances", () => {
  const off = `2024-01-01 * "x"\n  Expenses:Food  10.00 USD\n  Assets:Cash  -10.02 USD`;
  expect(faultsOf(off)).toHaveLength(1);
  expect(faultsOf(`${off}\noption "inferred_tolerance_multiplier" "2"`)).toEqual([]);
  expect(faultsOf(`${off}\noption "inferred_tolerance_default" "USD:0.02"`)).toEqual([]);
  expect(faultsOf(`${off}\noption "inferred_tolerance_default" "EUR:0.02"`)).toHaveLength(1);
  const cost = `2024-01-01 * "x"\n  Assets:Broker  1.5 X {3 USD}\n  Assets:Cash  -4.6 USD`;
  expect(faultsOf(cost)).toHaveLength(1);
  expect(faultsOf(`${cost}\noption "infer_tolerance_from_cost" "TRUE"`)).toEqual([]);
});

test("a reduction by full cost, date or label takes from the lot that it names", () => {
  for (const cost of ["{12.00 USD}", "{2024-02-01}", '{"second"}', "{{48.00 USD}}"]) {
    const plan = planOf(
      `${BUY}2024-03-01 * "sell"\n  Assets:Broker  -4 X ${cost} @ 20 USD\n  Assets:Cash  80 USD\n  Income:Gains`,
    );
    expect(plan.faults).toEqual([]);
    expect(plan.entries.at(-1)?.body.lines[0]).toEqual({
      account_path: "Assets:Broker",
      side: "credit",
      amount: "4",
      commodity: "X",
      price: { amount: "12", commodity: "USD" },
      metadata: { cost_date: "2024-02-01", cost_label: "second", beancount_price: "20 USD" },
    });
  }
});

test("a reduction that says nothing takes the only lot, all lots together, or is ambiguous and names them", () => {
  const sell = (count: number, cost = "{}"): string =>
    `2024-03-01 * "sell"\n  Assets:Broker  -${count} X ${cost}\n  Assets:Cash  50 USD\n  Income:Gains`;
  const one = BUY.split("2024-02-01")[0] ?? "";
  expect(linesOf(one + sell(4))[0]).toBe("Assets:Broker -4 X @ 10 USD");
  expect(linesOf(BUY + sell(20)).slice(0, 2)).toEqual(["Assets:Broker -10 X @ 10 USD", "Assets:Broker -10 X @ 12 USD"]);
  expect(faultsOf(BUY + sell(4))).toEqual([
    '8: ambiguous: the cost of this reduction matches 10 X {10 USD, 2024-01-01}; 10 X {12 USD, 2024-02-01, "second"}',
  ]);
  expect(faultsOf(BUY + sell(4, "{11 USD}"))).toEqual(["8: no lot that is held matches the cost of this reduction"]);
  expect(faultsOf(one + sell(11))).toEqual([
    "8: not enough is held to reduce by 11: 10 X {10 USD, 2024-01-01}".replace("8:", "5:"),
  ]);
});

test("FIFO, LIFO and HIFO take lots in their order, by account or for the book", () => {
  const sell = `2024-03-01 * "sell"\n  Assets:Broker  -15 X {}\n  Assets:Cash  150 USD\n  Income:Gains\n`;
  const first = "Assets:Broker -10 X @ 10 USD";
  const second = "Assets:Broker -5 X @ 12 USD";
  expect(linesOf(`${BUY}${sell}option "booking_method" "FIFO"`).slice(0, 2)).toEqual([first, second]);
  const last = ["Assets:Broker -10 X @ 12 USD", "Assets:Broker -5 X @ 10 USD"];
  for (const method of ["LIFO", "HIFO"]) {
    expect(linesOf(`${BUY}${sell}option "booking_method" "${method}"`).slice(0, 2)).toEqual(last);
  }
  const own = `2019-01-01 open Assets:Lots "FIFO"\n`;
  expect(linesOf((own + BUY + sell).replaceAll("Assets:Broker", "Assets:Lots"))[0]).toBe("Assets:Lots -10 X @ 10 USD");
  expect(faultsOf(`2019-01-01 open Assets:Lots "AVERAGE"`)).toEqual(["1: the booking method AVERAGE is not supported"]);
});

test("with NONE a reduction stands as it is written, whatever is held", () => {
  const sell = `2024-03-01 * "sell"\n  Assets:Broker  -15 X {7 USD}\n  Assets:Cash  105 USD\n`;
  expect(linesOf(`${BUY}${sell}option "booking_method" "NONE"`)[0]).toBe("Assets:Broker -15 X @ 7 USD");
});

test("two reductions of one transaction do not take the same units", () => {
  const text = `2024-01-01 * "buy"\n  Assets:Broker  10 X {10 USD}\n  Assets:Cash
2024-03-01 * "sell"\n  Assets:Broker  -6 X {}\n  Assets:Broker  -6 X {}\n  Assets:Cash`;
  expect(faultsOf(text)).toEqual(["6: not enough is held to reduce by 6: 4 X {10 USD, 2024-01-01}"]);
});

test("a pad inserts, at its own date, what the next assertion of its account and commodity lacks, descendants counted", () => {
  const plan = planOf(`2023-01-01 open Assets:Bank:Sub
2024-01-01 pad Assets:Bank Equity:Opening
2024-01-02 * "x"
  Assets:Bank:Sub  30.00 USD
  Assets:Cash
2024-01-03 balance Assets:Bank  100.00 USD
2024-01-03 balance Assets:Bank  5 EUR
2024-01-04 balance Assets:Bank  100.00 USD
2024-01-05 pad Assets:Bank Equity:Opening`);
  expect(plan.faults).toEqual([]);
  const paddings = plan.entries.filter(({ body }) => body.metadata["flag"] === "P").map(({ body }) => body);
  expect(
    paddings.map(({ date, lines }) => [
      date,
      ...lines.map((line) => `${line.side} ${line.account_path} ${line.amount} ${line.commodity}`),
    ]),
  ).toEqual([
    ["2024-01-01", "debit Assets:Bank 70 USD", "credit Equity:Opening 70 USD"],
    ["2024-01-01", "debit Assets:Bank 5 EUR", "credit Equity:Opening 5 EUR"],
  ]);
  expect(plan.counts.paddings).toBe(2);
  expect(plan.unimported).toEqual([{ kind: "unused pad", file: "book.beancount", line: 9 }]);
});

test("a pad is spent once per commodity, and its own day's assertion comes before it", () => {
  const plan = planOf(`2024-01-02 pad Assets:Bank Equity:Opening
2024-01-02 balance Assets:Bank  0 USD
2024-01-03 balance Assets:Bank  10.00 USD
2024-01-04 balance Assets:Bank  20.00 USD`);
  expect(plan.entries.map(({ body }) => body.lines[0]?.amount)).toEqual(["10"]);
});
