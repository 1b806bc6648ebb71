import { scaled, unscaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import type { Book, Entry } from "../facts.ts";
import { entryOnWire } from "../on-the-wire.ts";
import { dayNear, someAccount, tags } from "../vocabulary.ts";
import { missingId, notFound, pathWith, type Query } from "./query.ts";

export const newestFirst = <Fact extends { readonly date: string; readonly id: string }>(facts: readonly Fact[]) =>
  facts.toSorted((left, right) => (`${left.date} ${left.id}` < `${right.date} ${right.id}` ? 1 : -1));

export interface EntryFilter {
  readonly account_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: string | undefined;
  readonly commodity?: string | undefined;
  readonly amount_min?: string | undefined;
  readonly amount_max?: string | undefined;
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
}

/** Account, commodity and amounts are of one and the same line. */
function matches(entry: Entry, filter: EntryFilter): boolean {
  const text = (value: string | null) => value?.toLowerCase().includes(filter.q?.toLowerCase() ?? "") === true;
  return (
    entry.date >= (filter.from ?? entry.date) &&
    entry.date <= (filter.to ?? entry.date) &&
    entry.status === (filter.status ?? entry.status) &&
    (filter.tag === undefined || entry.tags.includes(filter.tag)) &&
    (filter.q === undefined || text(entry.memo) || text(entry.payee)) &&
    entry.lines.some(
      (line) =>
        line.account_id === (filter.account_id ?? line.account_id) &&
        line.commodity === (filter.commodity ?? line.commodity) &&
        (filter.amount_min === undefined || scaled(line.amount) >= scaled(filter.amount_min)) &&
        (filter.amount_max === undefined || scaled(line.amount) <= scaled(filter.amount_max)),
    )
  );
}

export function entryList(book: Book, filter: EntryFilter, limit: number): Query {
  const found = newestFirst([...book.entries.values()].filter((entry) => matches(entry, filter)));
  const expected = found.map((entry) => entryOnWire(book, entry));
  return { endpoint: "GET /journal-entries", path: pathWith("/journal-entries", { ...filter }), limit, expected };
}

const parts = ["ent", "RENT", "%", "_", "\\", "0% o", "ärger", "nothing"];

/** Filters of what the book has, and now and then of what it has not. */
function someFilter(dice: Dice, book: Book): EntryFilter {
  const amounts = [...book.entries.values()].flatMap(({ lines }) => lines.map(({ amount }) => amount));
  const amount = () => (amounts.length === 0 ? "1" : dice.of(amounts));
  const above = (text: string) => unscaled(scaled(text) + 10n ** 30n);
  return dice.of<() => EntryFilter>([
    () => ({}),
    () => ({ account_id: someAccount(dice, book).id, from: dice.maybe(50, [dayNear(dice, book)]) }),
    () => ({ from: dayNear(dice, book), to: dice.maybe(50, [dayNear(dice, book)]) }),
    () => ({ status: dice.of(["draft", "posted", "voided"]) }),
    () => ({ amount_min: amount(), amount_max: dice.maybe(50, [above(amount())]), commodity: dice.maybe(50, ["USD"]) }),
    () => ({
      account_id: someAccount(dice, book).id,
      amount_max: amount(),
      commodity: dice.of(["USD", "JPY", "SEAT"]),
    }),
    () => ({ q: dice.of(parts), status: dice.maybe(30, ["posted"]) }),
    () => ({ tag: dice.of([...tags, "none"]), to: dice.maybe(30, [dayNear(dice, book)]) }),
  ])();
}

export const journalQueries: Record<string, (dice: Dice, book: Book) => Query> = {
  entry(dice, book) {
    const endpoint = "GET /journal-entries/{entry_id}";
    const all = [...book.entries.values()];
    if (all.length === 0 || dice.chance(4)) return notFound(endpoint, `/journal-entries/${missingId}`);
    const entry = dice.of(all);
    return { endpoint, path: `/journal-entries/${entry.id}`, expected: entryOnWire(book, entry) };
  },
  entries: (dice, book) => entryList(book, someFilter(dice, book), dice.of([200, 7, 3, 20])),
};
