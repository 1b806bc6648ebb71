/** What statements are, by definition: sums over all lines that were known, in units of 10^-36. */
import { scaled } from "../../domain/scaled-bigint.ts";
import { type AccountPath, accounts, type PriceVersion, type Recorded } from "./reports-book.ts";

export interface Asked {
  readonly since: string | null;
  readonly as_of: string | null;
}

interface RefLine {
  readonly path: AccountPath;
  readonly commodity: string;
  readonly date: string;
  readonly closing: boolean;
  /** Debits minus credits. */
  readonly net: bigint;
}

export type Sums = Readonly<Record<string, bigint>>;

const classes: Readonly<Record<AccountPath, string>> = {
  "Assets:Cash": "cash",
  "Assets:Cash:Till": "cash",
  "Assets:Cash:Bond": "investing",
  "Assets:Stock": "investing",
  "Assets:Receivable": "operating",
  "Liabilities:Loan": "financing",
  "Equity:Capital": "financing",
  "Income:Sales": "operating",
  "Expenses:Rent": "operating",
};

export function toRefLines(history: readonly Recorded[]): RefLine[] {
  return history.flatMap(({ entry }) =>
    (entry?.lines ?? []).map(({ account_path: path, side, amount, commodity }) => ({
      path,
      commodity,
      date: entry?.date ?? "",
      closing: entry?.closing ?? false,
      net: side === "debit" ? scaled(amount) : -scaled(amount),
    })),
  );
}

/** Sums by account and commodity, or by commodity, without those that are zero. */
function sums(lines: readonly RefLine[], sign: 1n | -1n, keyOf: (line: RefLine) => string): Sums {
  const found = new Map<string, bigint>();
  for (const line of lines) found.set(keyOf(line), (found.get(keyOf(line)) ?? 0n) + sign * line.net);
  return Object.fromEntries([...found].filter(([, sum]) => sum !== 0n));
}

const byAccount = (line: RefLine) => `${line.path} ${line.commodity}`;
const byCommodity = (line: RefLine) => line.commodity;
const typeOf = (line: RefLine) => accounts[line.path].type;

export interface RefSection {
  readonly rows?: Sums;
  readonly totals: Sums;
}
export type RefStatement = Readonly<Record<string, RefSection>>;

const section = (lines: readonly RefLine[], sign: 1n | -1n): RefSection => ({
  rows: sums(lines, sign, byAccount),
  totals: sums(lines, sign, byCommodity),
});
const sum = (lines: readonly RefLine[], sign: 1n | -1n): RefSection => ({ totals: sums(lines, sign, byCommodity) });

export function refBalanceSheet(all: readonly RefLine[], { as_of }: Asked): RefStatement {
  const lines = all.filter((line) => as_of === null || line.date <= as_of);
  const of = (...types: string[]) => lines.filter((line) => types.includes(typeOf(line)));
  return {
    assets: section(of("asset"), 1n),
    liabilities: section(of("liability"), -1n),
    equity: section(of("equity"), -1n),
    earnings: sum(of("income", "expense"), -1n),
    conversions: sum(lines, 1n),
  };
}

export function refIncomeStatement(all: readonly RefLine[], asked: Asked): RefStatement {
  const lines = all.filter((line) => !line.closing && isDuring(line, asked));
  const of = (...types: string[]) => lines.filter((line) => types.includes(typeOf(line)));
  return {
    income: section(of("income"), -1n),
    expenses: section(of("expense"), 1n),
    net: sum(of("income", "expense"), -1n),
  };
}

export function refCashFlow(all: readonly RefLine[], asked: Asked): RefStatement {
  const counted = all.filter((line) => !line.closing);
  const during = counted.filter((line) => isDuring(line, asked));
  const before = counted.filter((line) => asked.since !== null && line.date < asked.since);
  const of = (wanted: string, lines: readonly RefLine[]) => lines.filter((line) => classes[line.path] === wanted);
  return {
    opening: sum(of("cash", before), 1n),
    operating: section(of("operating", during), -1n),
    investing: section(of("investing", during), -1n),
    financing: section(of("financing", during), -1n),
    conversions: sum(during, 1n),
    closing: sum([...of("cash", before), ...of("cash", during)], 1n),
  };
}

/** Balances by account and commodity; the weights are another test's. */
export function refTrialBalance(all: readonly RefLine[], asked: Asked): Sums {
  return sums(
    all.filter((line) => isDuring(line, asked)),
    1n,
    byAccount,
  );
}

function isDuring(line: RefLine, { since, as_of }: Asked): boolean {
  return (since === null || line.date >= since) && (as_of === null || line.date <= as_of);
}

/** What sums are worth in USD at the end of a day, in units of 10^-72; null where a price is missing. */
export function refValue(totals: Sums, history: readonly Recorded[], as_of: string | null): bigint | null {
  let value = 0n;
  for (const [commodity, amount] of Object.entries(totals)) {
    const price = commodity === "USD" ? "1" : refPrice(history, commodity, as_of)?.price;
    if (price == null) return null;
    value += amount * scaled(price);
  }
  return value;
}

/** Of each day the last version; of those that stand, the last day. */
export function refPrice(history: readonly Recorded[], commodity: string, as_of: string | null): PriceVersion | null {
  const versions = new Map<string, PriceVersion>();
  for (const { price } of history) if (price?.commodity === commodity) versions.set(price.date, price);
  const standing = [...versions.values()].filter((one) => one.price !== null && (as_of === null || one.date <= as_of));
  return standing.toSorted((left, right) => (left.date < right.date ? -1 : 1)).at(-1) ?? null;
}
