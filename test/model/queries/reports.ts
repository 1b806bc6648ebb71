import { scaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import type { Account, Book, Side } from "../facts.ts";
import { pathOf } from "../on-the-wire.ts";
import type { Answered } from "../performing.ts";
import { type PostedLine, signed, sumsBy, weightOf, written } from "../reference-model.ts";
import { addDays, dayNear } from "../vocabulary.ts";
import { knownLines, type Money, type Scope, somePoint, Valuation } from "./known.ts";
import { pathWith, type Query } from "./query.ts";

/** A body without the token of what it knew, which only the application has. */
export const withoutKnowledge = ({ knowledge: _, ...body }: Answered) => body;

function report(name: string, scope: Scope, expected: object): Query {
  const learns = scope.known_at === undefined;
  const path = pathWith(`/reports/${name}`, { ...scope });
  return { endpoint: `GET /reports/${name}`, path, expected, of: withoutKnowledge, learns };
}

const headOf = (scope: Scope, valuation: Valuation) => ({
  as_of: scope.as_of ?? null,
  known_at: scope.known_at ?? null,
  ...valuation.head(),
});

/** Sums per account, commodity and more, in the order of paths. */
function rowsOf(book: Book, lines: readonly PostedLine[], more: (line: PostedLine) => string) {
  const keyOf = (line: PostedLine) =>
    JSON.stringify([pathOf(book, line.account_id), line.commodity, more(line), line.account_id]);
  const weights = new Map(sumsBy(lines, keyOf, (line) => weightOf(line).amount));
  return sumsBy(lines, keyOf).map(([key, sum]) => {
    const [path, commodity, other, account_id] = JSON.parse(key) as [string, string, string, string];
    const account = { account_id, path, type: book.accounts.get(account_id)?.type };
    return { account, commodity, other, sum, weight: weights.get(key) ?? { debit: 0n, credit: 0n } };
  });
}

export function trialBalance(book: Book, scope: Scope): Query {
  const lines = knownLines(book, scope);
  const valuation = new Valuation(book, scope);
  const rows = rowsOf(book, lines, (line) => weightOf(line).commodity);
  const balances = rows.map(({ commodity, sum }) => ({ commodity, amount: sum.debit - sum.credit, on: scope.as_of }));
  const items = rows.map(({ account, commodity, other, sum, weight }, at) => ({
    ...{ ...account, commodity, weight_commodity: other },
    debit: written(commodity, sum.debit),
    credit: written(commodity, sum.credit),
    balance: written(commodity, sum.debit - sum.credit),
    weight_debit: written(other, weight.debit),
    weight_credit: written(other, weight.credit),
    value: valuation.of(balances.slice(at, at + 1)),
  }));
  const byWeight = sumsBy(
    lines,
    (line) => weightOf(line).commodity,
    (line) => weightOf(line).amount,
  );
  const totals = byWeight.map(([commodity, { debit, credit }]) => ({
    ...{ commodity, debit: written(commodity, debit), credit: written(commodity, credit) },
  }));
  const total = valuation.of(balances);
  const body = { since: scope.since ?? null, items, totals, total, next_cursor: null };
  return report("trial-balance", scope, { ...body, ...headOf(scope, valuation) });
}

/** Amounts per commodity of lines, what is on one side less what is on the other, without what comes to nothing. */
function moneyOf(lines: readonly PostedLine[], more: Side, on: string | undefined): Money[] {
  return sumsBy(lines, (line) => line.commodity)
    .map(([commodity, { debit, credit }]) => ({
      commodity,
      amount: more === "debit" ? debit - credit : credit - debit,
      on,
    }))
    .filter(({ amount }) => amount !== 0n);
}

/** How a statement shows lines by themselves and in sum. */
function shownBy(book: Book, { as_of: on }: Scope, valuation: Valuation) {
  const sum = (lines: readonly PostedLine[], more: Side) => {
    const amounts = moneyOf(lines, more, on);
    const totals = amounts.map(({ commodity, amount }) => ({ commodity, amount: written(commodity, amount) }));
    return { totals, total: valuation.of(amounts) };
  };
  const section = (lines: readonly PostedLine[], more: Side) => {
    const rows = rowsOf(book, lines, () => "").flatMap(({ account, commodity, sum: { debit, credit } }) => {
      const amount = more === "debit" ? debit - credit : credit - debit;
      const value = amount === 0n ? null : valuation.of([{ commodity, amount, on }]);
      return amount === 0n ? [] : [{ ...account, commodity, amount: written(commodity, amount), value }];
    });
    return { rows, ...sum(lines, more) };
  };
  return { sum, section };
}

const ofTypes = (book: Book, lines: readonly PostedLine[], ...types: Account["type"][]) =>
  lines.filter(({ account_id: id }) => types.includes(book.accounts.get(id)?.type ?? "asset"));

export function balanceSheet(book: Book, { since: _, ...scope }: Scope): Query {
  const lines = knownLines(book, scope);
  const valuation = new Valuation(book, scope);
  const { sum, section } = shownBy(book, scope, valuation);
  const body = {
    assets: section(ofTypes(book, lines, "asset"), "debit"),
    liabilities: section(ofTypes(book, lines, "liability"), "credit"),
    equity: section(ofTypes(book, lines, "equity"), "credit"),
    earnings: sum(ofTypes(book, lines, "income", "expense"), "credit"),
    conversions: sum(lines, "debit"),
  };
  return report("balance-sheet", scope, { ...body, ...headOf(scope, valuation) });
}

export function incomeStatement(book: Book, scope: Scope): Query {
  const lines = knownLines(book, scope, true);
  const valuation = new Valuation(book, scope);
  const { sum, section } = shownBy(book, scope, valuation);
  const body = {
    since: scope.since ?? null,
    income: section(ofTypes(book, lines, "income"), "credit"),
    expenses: section(ofTypes(book, lines, "expense"), "debit"),
    net: sum(ofTypes(book, lines, "income", "expense"), "credit"),
  };
  return report("income-statement", scope, { ...body, ...headOf(scope, valuation) });
}

const classOfType = {
  asset: "investing",
  liability: "financing",
  equity: "financing",
  income: "operating",
  expense: "operating",
};

/** An account's own class, or that of the nearest account above that has one, or that of its type. */
function classOf(book: Book, accountId: string): string {
  const account = book.accounts.get(accountId);
  const names = (account?.path ?? "").split(":");
  const above = names.map((_, at) => names.slice(0, names.length - at).join(":"));
  const classed = above.map((path) => [...book.accounts.values()].find((other) => other.path === path)?.cash_flow);
  return classed.find((own) => own !== undefined && own !== null) ?? classOfType[account?.type ?? "asset"];
}

export function cashFlow(book: Book, scope: Scope): Query {
  const during = knownLines(book, scope, true);
  const dayBefore = scope.since === undefined ? undefined : addDays(scope.since, -1);
  const before =
    dayBefore === undefined ? [] : knownLines(book, { ...scope, since: undefined, as_of: dayBefore }, true);
  const of = (wanted: string, lines: readonly PostedLine[]) =>
    lines.filter(({ account_id: id }) => classOf(book, id) === wanted);
  const valuation = new Valuation(book, scope);
  const { sum, section } = shownBy(book, scope, valuation);
  const body = {
    since: scope.since ?? null,
    opening: sum(of("cash", before), "debit"),
    operating: section(of("operating", during), "credit"),
    investing: section(of("investing", during), "credit"),
    financing: section(of("financing", during), "credit"),
    conversions: sum(during, "debit"),
    closing: sum(of("cash", [...before, ...during]), "debit"),
  };
  return report("cash-flow", scope, { ...body, ...headOf(scope, valuation) });
}

/** What an entry moved in a statement, by account and commodity. */
export function effectOf(book: Book, lines: readonly PostedLine[]) {
  const moved = new Map<string, bigint>();
  for (const { account_id: id, commodity, side, amount } of lines) {
    const key = JSON.stringify([pathOf(book, id), commodity, id]);
    moved.set(key, (moved.get(key) ?? 0n) + signed(side, scaled(amount)));
  }
  return [...moved]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, amount]) => {
      const [path, commodity, account_id] = JSON.parse(key) as [string, string, string];
      return { account_id, path, commodity, amount: written(commodity, amount) };
    });
}

export const reports = {
  "trial-balance": trialBalance,
  "balance-sheet": balanceSheet,
  "income-statement": incomeStatement,
  "cash-flow": cashFlow,
};

export function someScope(dice: Dice, book: Book): Scope {
  const [one, other] = [dayNear(dice, book), dayNear(dice, book)].sort();
  const total_in = dice.maybe(40, ["USD", "USD", "JPY"]);
  const known_at = somePoint(dice, book, total_in !== undefined);
  return { since: dice.maybe(40, [one ?? ""]), as_of: dice.maybe(60, [other ?? ""]), total_in, known_at };
}

export const reportQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  "trial balance": (dice, book) => trialBalance(book, someScope(dice, book)),
  "balance sheet": (dice, book) => balanceSheet(book, someScope(dice, book)),
  "income statement": (dice, book) => incomeStatement(book, someScope(dice, book)),
  "cash flow": (dice, book) => cashFlow(book, someScope(dice, book)),
  "a report in no commodity": (dice) => {
    const name = dice.of(Object.keys(reports));
    return { endpoint: `GET /reports/${name}`, path: `/reports/${name}?total_in=NONE`, status: 422 };
  },
};
