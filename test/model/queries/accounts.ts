import type { Dice } from "../dice.ts";
import type { Account, Book } from "../facts.ts";
import { someAccount } from "../vocabulary.ts";
import { missingId, notFound, pathWith, type Query } from "./query.ts";

/** An account right before those below it. */
export const inTreeOrder = (accounts: Iterable<Account>) =>
  [...accounts].sort((left, right) => (treeKey(left.path) < treeKey(right.path) ? -1 : 1));
const treeKey = (path: string) => path.replaceAll(":", "\u0001");

export const isWithin = (path: string, top: string) => path === top || path.startsWith(`${top}:`);

export function accountList(
  book: Book,
  filter: Partial<Record<"type" | "under" | "active" | "path" | "code", string>>,
  limit: number,
): Query {
  const expected = inTreeOrder(book.accounts.values()).filter(
    (account) =>
      account.type === (filter.type ?? account.type) &&
      String(account.active) === (filter.active ?? String(account.active)) &&
      account.path === (filter.path ?? account.path) &&
      (filter.code === undefined || account.code === filter.code) &&
      isWithin(account.path, filter.under ?? account.path),
  );
  return { endpoint: "GET /accounts", path: pathWith("/accounts", filter), limit, expected };
}

export const accountQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  account(dice, book) {
    const endpoint = "GET /accounts/{account_id}";
    if (dice.chance(4)) return notFound(endpoint, `/accounts/${missingId}`);
    const account = dice.of([...book.accounts.values()]);
    return { endpoint, path: `/accounts/${account.id}`, expected: account };
  },
  accounts(dice, book) {
    const { path, type } = someAccount(dice, book);
    const top = path
      .split(":")
      .slice(0, 1 + dice.below(2))
      .join(":");
    const filter = dice.of([
      {},
      { under: top },
      { type },
      { path },
      { active: dice.of(["true", "false"]) },
      { code: "1" },
    ]);
    return accountList(book, filter, dice.of([100, 1, 3]));
  },
};
