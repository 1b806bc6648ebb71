/** What was known of a book at a point of knowledge, and what amounts were worth by the prices known then. */
import { scaled } from "../../domain/scaled-bigint.ts";
import type { Dice } from "../dice.ts";
import type { Book, Entry, Price } from "../facts.ts";
import { type PostedLine, postedLines, written } from "../reference-model.ts";

/** Fields of a query, as they are written; absent: every day, now, no values. */
export interface Scope {
  readonly since?: string | undefined;
  readonly as_of?: string | undefined;
  /** A time or a token. */
  readonly known_at?: string | undefined;
  readonly total_in?: string | undefined;
}

const pointOf = (book: Book, token: string) => book.points.find(({ knownAt }) => knownAt === token);

export function wasKnown(book: Book, entry: Entry, knownAt: string | undefined): boolean {
  if (knownAt === undefined) return true;
  const point = pointOf(book, knownAt);
  return point === undefined ? entry.recorded.at <= knownAt : entry.place < point.postings;
}

/** The lines that a report is of. Those of nothing move nothing. */
export function knownLines(book: Book, { since, as_of, known_at }: Scope, withoutClosing = false): PostedLine[] {
  return postedLines(book).filter(
    ({ entry, amount }) =>
      entry.date >= (since ?? entry.date) &&
      entry.date <= (as_of ?? entry.date) &&
      wasKnown(book, entry, known_at) &&
      !(withoutClosing && entry.closing) &&
      scaled(amount) !== 0n,
  );
}

/** The prices as they stood: of each fact the last version that was known. */
function knownPrices(book: Book, knownAt: string | undefined): (Omit<Price, "price"> & { price: string | null })[] {
  if (knownAt === undefined) return [...book.prices.values()];
  const point = pointOf(book, knownAt);
  const known =
    point === undefined
      ? book.versions.filter((version) => version.created_at <= knownAt)
      : book.versions.slice(0, point.versions ?? 0);
  return [
    ...new Map(known.map((version) => [`${version.commodity} ${version.quote} ${version.date}`, version])).values(),
  ];
}

export interface Money {
  readonly commodity: string;
  readonly amount: bigint;
  /** The day whose price it is valued at; absent: the last one there is. */
  readonly on?: string | undefined;
}

/** Values amounts, and remembers by which prices and what had none. */
export class Valuation {
  readonly #book: Book;
  readonly #totalIn: string | undefined;
  readonly #knownAt: string | undefined;
  readonly #used = new Map<string, object>();
  readonly #missing = new Map<string, object>();

  constructor(book: Book, { total_in, known_at }: Scope) {
    this.#book = book;
    this.#totalIn = total_in;
    this.#knownAt = known_at;
  }

  /** Of all together, as it is written; null where a price is missing, or nothing is valued. */
  of(amounts: readonly Money[]): string | null {
    if (this.#totalIn === undefined) return null;
    const values = amounts.map((money) => this.#valueOf(money));
    if (values.includes(null)) return null;
    return written(
      this.#totalIn,
      values.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n),
    );
  }

  #valueOf({ commodity, amount, on }: Money): bigint | null {
    const quote = this.#totalIn ?? "";
    if (commodity === quote || amount === 0n) return amount;
    const facts = knownPrices(this.#book, this.#knownAt).filter(
      (price) => price.commodity === commodity && price.quote === quote && price.price !== null,
    );
    const [price] = facts.filter(({ date }) => date <= (on ?? date)).sort((a, b) => (a.date < b.date ? 1 : -1));
    if (price === undefined || price.price === null) {
      this.#missing.set(`${commodity} ${on ?? ""}`, { commodity, quote, date: on ?? null });
      return null;
    }
    const { date, source } = price;
    this.#used.set(`${commodity} ${date}`, { commodity, quote, date, price: price.price, source });
    return (amount * scaled(price.price)) / 10n ** 36n;
  }

  /** What an answer says of it, once everything is valued. */
  head() {
    const sorted = (facts: ReadonlyMap<string, object>) =>
      [...facts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, fact]) => fact);
    return { total_in: this.#totalIn ?? null, prices: sorted(this.#used), missing_prices: sorted(this.#missing) };
  }
}

/** A point of knowledge that the run has passed: the time of a posting or of nothing, or a token. */
export function somePoint(dice: Dice, book: Book, prices: boolean): string | undefined {
  if (dice.chance(40)) return undefined;
  const tokens = book.points.filter(({ versions }) => versions !== null || !prices).map(({ knownAt }) => knownAt);
  if (tokens.length > 0 && dice.chance(50)) return dice.of(tokens);
  const times = [...book.entries.values()].map(({ recorded }) => recorded.at);
  return dice.of([...times, ...book.versions.map(({ created_at }) => created_at), "2026-03-01T08:00:00.001Z"]);
}
