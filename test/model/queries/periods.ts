import type { Dice } from "../dice.ts";
import type { Book } from "../facts.ts";
import { missingId, notFound, type Query } from "./query.ts";

export function closeList(book: Book, limit: number): Query {
  const expected = [...book.closes.values()].sort((left, right) => (left.id < right.id ? 1 : -1));
  return { endpoint: "GET /period-closes", path: "/period-closes", limit, expected };
}

/** Everything that the book promises holds, and all of it was looked at. */
export function verification(book: Book): Query {
  const entries = [...book.entries.values()];
  const lines = entries.flatMap((entry) => entry.lines).length;
  return {
    endpoint: "GET /verify",
    path: "/verify",
    expected: { status: "ok", broken: [], checked: { entries: entries.length, lines, accounts: book.accounts.size } },
    of: ({ status, checked, invariants }) => ({
      ...{ status, checked },
      broken: invariants.filter((invariant: { status: string }) => invariant.status !== "ok"),
    }),
  };
}

export const periodQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  "period close": (dice, book) => {
    const endpoint = "GET /period-closes/{close_id}";
    const id = book.closes.size === 0 || dice.chance(4) ? missingId : dice.of([...book.closes.keys()]);
    if (id === missingId) return notFound(endpoint, `/period-closes/${id}`);
    return { endpoint, path: `/period-closes/${id}`, expected: book.closes.get(id) };
  },
  "period closes": (dice, book) => closeList(book, dice.of([50, 1, 2])),
  verification: (_, book) => verification(book),
};
