import type { Dice } from "../dice.ts";
import type { Book, Entry } from "../facts.ts";
import { postedLines } from "../reference-model.ts";
import { wasKnown } from "./known.ts";
import { pathWith, type Query } from "./query.ts";
import { effectOf, reports, someScope } from "./reports.ts";

export interface ChangesScope {
  readonly since?: string | undefined;
  readonly as_of?: string | undefined;
  /** Points of knowledge; `to` absent: now. */
  readonly from: string;
  readonly to?: string | undefined;
}

const isResult = (book: Book, id: string) => ["income", "expense"].includes(book.accounts.get(id)?.type ?? "");

/** The entries that changed a statement between two points of knowledge. Those of one round come in any order. */
export function changes(book: Book, name: keyof typeof reports, scope: ChangesScope, limit: number): Query {
  const flows = name === "income-statement" || name === "cash-flow";
  const concerned = (entry: Entry) => {
    const lines = postedLines(book).filter((line) => line.entry.id === entry.id);
    return name === "income-statement" ? lines.filter((line) => isResult(book, line.account_id)) : lines;
  };
  const found = [...book.entries.values()].filter(
    (entry) =>
      entry.status !== "draft" &&
      entry.date >= (scope.since ?? entry.date) &&
      entry.date <= (scope.as_of ?? entry.date) &&
      !(flows && entry.closing) &&
      !wasKnown(book, entry, scope.from) &&
      wasKnown(book, entry, scope.to) &&
      concerned(entry).length > 0,
  );
  const roundOf = (id: string) => book.entries.get(id)?.round ?? -1;
  const inOrder = (items: readonly { readonly id: string }[]) => ({
    rounds: items.map(({ id }) => roundOf(id)),
    items: items.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
  });
  const items = found
    .toSorted((left, right) => left.round - right.round)
    .map((entry) => {
      const { at: posted_at, ...recorded } = entry.recorded;
      const { id, status, date, memo, payee, voids, void_reason, closing } = entry;
      const header = { id, status, date, memo, payee, voids, void_reason, closing };
      return { ...header, posted_at, recorded, effect: effectOf(book, concerned(entry)) };
    });
  const path = pathWith(`/reports/${name}/changes`, { ...scope });
  return { endpoint: `GET /reports/${name}/changes`, path, limit, expected: inOrder(items), of: inOrder };
}

/** Whether the API refuses to go from one point of knowledge to another: what was known at the first is unknown at the second. */
function isBackward(book: Book, from: string, to: string | undefined): boolean {
  const isTime = (point: string | undefined) => point !== undefined && !point.startsWith("kn_");
  if (isTime(from) && isTime(to) && (to ?? from) < from) return true;
  const counting = [...book.entries.values()].filter(({ status }) => status !== "draft");
  return counting.some((entry) => wasKnown(book, entry, from) && !wasKnown(book, entry, to));
}

export const changeQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  changes(dice, book) {
    const names = Object.keys(reports) as (keyof typeof reports)[];
    const name = dice.of(names);
    const { since, as_of, known_at: from = "2026-03-01T08:00:00.000Z" } = someScope(dice, book);
    const { known_at: to } = someScope(dice, book);
    const days = { as_of, since: name === "balance-sheet" ? undefined : since };
    const limit = dice.of([50, 2, 1]);
    if (!isBackward(book, from, to)) return changes(book, name, { ...days, from, to }, limit);
    const turned = to !== undefined && !isBackward(book, to, from) ? { from: to, to: from } : { from };
    return changes(book, name, { ...days, ...turned }, limit);
  },
};
