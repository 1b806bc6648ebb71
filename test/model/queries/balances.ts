import { scaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import type { Book } from "../facts.ts";
import { pathOf } from "../on-the-wire.ts";
import { type PostedLine, postedLines, signed, sumsBy, written } from "../reference-model.ts";
import { dayNear, someAccount } from "../vocabulary.ts";
import { isWithin } from "./accounts.ts";
import { knownLines, somePoint, Valuation, wasKnown } from "./known.ts";
import { missingId, notFound, pathWith, type Query } from "./query.ts";
import { withoutKnowledge } from "./reports.ts";

export interface BalanceScope {
  readonly as_of?: string | undefined;
  readonly known_at?: string | undefined;
  readonly descendants?: string | undefined;
}

export function balance(book: Book, id: string, scope: BalanceScope): Query {
  const endpoint = "GET /accounts/{account_id}/balance";
  const { path } = book.accounts.get(id) ?? {};
  if (path === undefined) return notFound(endpoint, `/accounts/${id}/balance`);
  const counts = ({ account_id }: PostedLine) =>
    scope.descendants === "true" ? isWithin(pathOf(book, account_id), path) : account_id === id;
  const lines = knownLines(book, { as_of: scope.as_of, known_at: scope.known_at }).filter(counts);
  const balances = sumsBy(lines, (line) => line.commodity).map(([commodity, { debit, credit }]) => ({
    commodity,
    debit: written(commodity, debit),
    credit: written(commodity, credit),
    balance: written(commodity, debit - credit),
  }));
  const known = { as_of: scope.as_of ?? null, known_at: scope.known_at ?? null };
  const learns = scope.known_at === undefined;
  const asked = pathWith(`/accounts/${id}/balance`, { ...scope });
  return {
    endpoint,
    path: asked,
    expected: { account_id: id, path, ...known, balances },
    of: withoutKnowledge,
    learns,
  };
}

export interface RegisterFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly commodity?: string | undefined;
  readonly known_at?: string | undefined;
  readonly total_in?: string | undefined;
}

const inOrder = ({ entry, position }: PostedLine) => `${entry.date} ${entry.id} ${String(position).padStart(5, "0")}`;

/** Each line with the balance of its commodity after it, whatever is then left out. */
export function register(book: Book, id: string, filter: RegisterFilter, limit: number): Query {
  const sums = new Map<string, bigint>();
  const valuation = new Valuation(book, filter);
  const lines = postedLines(book).filter(
    (line) => line.account_id === id && wasKnown(book, line.entry, filter.known_at),
  );
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
        value: valuation.of([{ commodity, amount: scaled(amount), on: entry.date }]),
      };
    });
  const expected = all.filter(
    ({ date, commodity }) =>
      date >= (filter.from ?? date) && date <= (filter.to ?? date) && commodity === (filter.commodity ?? commodity),
  );
  const path = pathWith(`/accounts/${id}/register`, { ...filter });
  return { endpoint: "GET /accounts/{account_id}/register", path, limit, expected };
}

export const balanceQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  balance(dice, book) {
    const id = dice.chance(3) ? missingId : someAccount(dice, book).id;
    const known_at = somePoint(dice, book, false);
    return balance(book, id, {
      as_of: dice.maybe(60, [dayNear(dice, book)]),
      known_at,
      descendants: dice.maybe(50, ["true"]),
    });
  },
  register(dice, book) {
    const total_in = dice.maybe(40, ["USD", "JPY"]);
    const filter = {
      from: dice.maybe(40, [dayNear(dice, book)]),
      to: dice.maybe(40, [dayNear(dice, book)]),
      commodity: dice.maybe(30, ["USD", "JPY", "SEAT"]),
      known_at: somePoint(dice, book, total_in !== undefined),
      total_in,
    };
    return register(book, someAccount(dice, book).id, filter, dice.of([200, 3, 1, 10]));
  },
};
