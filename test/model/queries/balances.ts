import { scaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import { pathOf } from "../on-the-wire.ts";
import { type Book, type PostedLine, postedLines, signed, sumsBy, weightOf, written } from "../reference-model.ts";
import { dayNear, someAccount } from "../vocabulary.ts";
import { isWithin } from "./accounts.ts";
import { missingId, notFound, pathWith, type Query } from "./query.ts";

export const upTo = (day: string | undefined) => (line: PostedLine) => line.entry.date <= (day ?? line.entry.date);

export function balance(
  book: Book,
  id: string,
  query: { readonly date?: string | undefined; readonly descendants?: string | undefined },
): Query {
  const endpoint = "GET /accounts/{account_id}/balance";
  const { path } = book.accounts.get(id) ?? {};
  if (path === undefined) return notFound(endpoint, `/accounts/${id}/balance`);
  const counts = ({ account_id }: PostedLine) =>
    query.descendants === "true" ? isWithin(pathOf(book, account_id), path) : account_id === id;
  const lines = postedLines(book).filter(counts).filter(upTo(query.date));
  const balances = sumsBy(lines, (line) => line.commodity).map(([commodity, { debit, credit }]) => ({
    commodity,
    debit: written(commodity, debit),
    credit: written(commodity, credit),
    balance: written(commodity, debit - credit),
  }));
  const expected = { account_id: id, path, date: query.date ?? null, balances };
  return { endpoint, path: pathWith(`/accounts/${id}/balance`, query), expected };
}

export interface RegisterFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly commodity?: string | undefined;
}

const inOrder = ({ entry, position }: PostedLine) => `${entry.date} ${entry.id} ${String(position).padStart(5, "0")}`;

/** Each line with the balance of its commodity after it, whatever is then left out. */
export function register(book: Book, id: string, filter: RegisterFilter, limit: number): Query {
  const sums = new Map<string, bigint>();
  const lines = postedLines(book).filter((line) => line.account_id === id);
  const all = lines
    .sort((left, right) => (inOrder(left) < inOrder(right) ? -1 : 1))
    .map(({ entry, position, side, amount, commodity, memo }) => {
      const sum = (sums.get(commodity) ?? 0n) + signed(side, scaled(amount));
      sums.set(commodity, sum);
      const texts = { payee: entry.payee, memo: memo ?? entry.memo };
      const [moved, after] = [written(commodity, scaled(amount)), written(commodity, sum)];
      return {
        entry_id: entry.id,
        position,
        date: entry.date,
        ...texts,
        side,
        amount: moved,
        commodity,
        balance: after,
      };
    });
  const expected = all.filter(
    ({ date, commodity }) =>
      date >= (filter.from ?? date) && date <= (filter.to ?? date) && commodity === (filter.commodity ?? commodity),
  );
  const path = pathWith(`/accounts/${id}/register`, { ...filter });
  return { endpoint: "GET /accounts/{account_id}/register", path, limit, expected };
}

export function trialBalance(book: Book, query: { readonly date?: string | undefined }): Query {
  const lines = postedLines(book).filter(upTo(query.date));
  const keyOf = (line: PostedLine) =>
    JSON.stringify([pathOf(book, line.account_id), line.account_id, line.commodity, weightOf(line).commodity]);
  const weights = new Map(sumsBy(lines, keyOf, (line) => weightOf(line).amount));
  const items = sumsBy(lines, keyOf).map(([key, { debit, credit }]) => {
    const [path, account_id, commodity, weight_commodity] = JSON.parse(key) as [string, string, string, string];
    const weight = weights.get(key) ?? { debit: 0n, credit: 0n };
    return {
      ...{ account_id, path, type: book.accounts.get(account_id)?.type, commodity, weight_commodity },
      debit: written(commodity, debit),
      credit: written(commodity, credit),
      balance: written(commodity, debit - credit),
      weight_debit: written(weight_commodity, weight.debit),
      weight_credit: written(weight_commodity, weight.credit),
    };
  });
  const totals = sumsBy(
    lines,
    (line) => weightOf(line).commodity,
    (line) => weightOf(line).amount,
  ).map(([commodity, sum]) => ({
    commodity,
    debit: written(commodity, sum.debit),
    credit: written(commodity, sum.credit),
  }));
  const expected = { date: query.date ?? null, items, totals, next_cursor: null };
  return { endpoint: "GET /reports/trial-balance", path: pathWith("/reports/trial-balance", query), expected };
}

export const balanceQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  balance(dice, book) {
    const id = dice.chance(3) ? missingId : someAccount(dice, book).id;
    return balance(book, id, { date: dice.maybe(70, [dayNear(dice, book)]), descendants: dice.maybe(50, ["true"]) });
  },
  register(dice, book) {
    const filter = {
      from: dice.maybe(40, [dayNear(dice, book)]),
      to: dice.maybe(40, [dayNear(dice, book)]),
      commodity: dice.maybe(30, ["USD", "JPY", "SEAT"]),
    };
    return register(book, someAccount(dice, book).id, filter, dice.of([200, 3, 1, 10]));
  },
  "trial balance": (dice, book) => trialBalance(book, { date: dice.maybe(70, [dayNear(dice, book)]) }),
};
