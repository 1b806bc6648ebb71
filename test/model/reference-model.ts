/**
 * What a book is, by definition and slowly: facts in the order in which they were recorded, and sums over all of them,
 * in units of 10^-36. It shares no code with the application.
 */
import { scaled, unscaled } from "../domain/scaled-bigint.ts";

export type Side = "debit" | "credit";
export type Texts = readonly string[];

export interface Account {
  readonly id: string;
  readonly path: string;
  readonly type: "asset" | "liability" | "equity" | "income" | "expense";
  readonly code: string | null;
  readonly commodities: Texts | null;
  readonly description: string | null;
  readonly cash_flow: "cash" | "operating" | "investing" | "financing" | null;
  readonly active: boolean;
  readonly opened_on: string | null;
  readonly closed_on: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface UnitPrice {
  readonly amount: string;
  readonly commodity: string;
  readonly source?: string | null | undefined;
}

/** A line as a client writes it. */
export interface Line {
  readonly account_id?: string;
  readonly account_path?: string;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly price?: UnitPrice | undefined;
  readonly memo?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly rounding?: boolean | undefined;
}

export interface Header {
  readonly date: string;
  readonly memo: string | null;
  readonly payee: string | null;
  readonly tags: Texts;
  readonly links: Texts;
  readonly metadata: Readonly<Record<string, string>>;
  readonly source: string | null;
  readonly closing: boolean;
}

export interface Recorded {
  readonly at: string;
  readonly by: string;
  readonly api_key_id: string | null;
  readonly request_id: string;
  readonly trace_id: string;
}

export interface Entry extends Header {
  readonly id: string;
  readonly status: "draft" | "posted" | "voided";
  readonly voids: string | null;
  readonly void_reason: string | null;
  readonly voided_by: string | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly recorded: Recorded;
  /** How many postings there were before. */
  readonly place: number;
  /** Of the writes that were sent at the same time. */
  readonly round: number;
  /** Each names its account by id. */
  readonly lines: readonly (Line & { readonly account_id: string })[];
}

export interface Price {
  readonly id: string;
  readonly commodity: string;
  readonly quote: string;
  readonly date: string;
  readonly price: string;
  readonly source: string | null;
  readonly created_at: string;
}

export interface Close {
  readonly id: string;
  readonly closed_through: string;
  readonly closed: Recorded;
  readonly knowledge: string;
  readonly closing_entry_ids: Texts;
  readonly reopened: (Omit<Recorded, "api_key_id"> & { readonly reason: string; readonly knowledge: string }) | null;
}

/** What was known: so many postings and, where nothing else was under way, so many versions of prices. */
export interface Point {
  readonly knownAt: string;
  readonly postings: number;
  readonly versions: number | null;
}

export interface Kept {
  readonly route: string;
  readonly body: string;
  readonly status: number;
  readonly answer: unknown;
  readonly at: string;
}

/** All of a book. What the maps hold never changes; {@link fork} makes another book of it. */
export interface Book {
  readonly userId: string;
  now: string;
  postings: number;
  /** Counts the looks between which writes were sent at the same time; `quiet`: one after another. */
  round: number;
  quiet: boolean;
  readonly accounts: Map<string, Account>;
  readonly entries: Map<string, Entry>;
  readonly prices: Map<string, Price>;
  /** Every price that was told, corrected or (null) deleted, in that order. */
  readonly versions: (Omit<Price, "price"> & { readonly price: string | null })[];
  readonly closes: Map<string, Close>;
  /** The tokens that answers gave of what they knew. */
  readonly points: Point[];
  readonly kept: Map<string, Kept>;
  /** What each entity tag was given for. */
  readonly tags: Map<string, string>;
}

export function emptyBook(userId: string, now: string): Book {
  const facts = { accounts: new Map(), entries: new Map(), prices: new Map(), versions: [], closes: new Map() };
  return { userId, now, postings: 0, round: 0, quiet: true, ...facts, points: [], kept: new Map(), tags: new Map() };
}

export function fork(book: Book): Book {
  const { accounts, entries, prices, versions, closes, points, kept, tags } = book;
  const facts = { accounts: new Map(accounts), entries: new Map(entries), prices: new Map(prices) };
  const others = { versions: [...versions], closes: new Map(closes), points: [...points] };
  return { ...book, ...facts, ...others, kept: new Map(kept), tags: new Map(tags) };
}

/** Of ISO 4217, and of the book's own commodities. */
export const places: Readonly<Record<string, number>> = { USD: 2, JPY: 0, KWD: 3, ACME: 4, SEAT: 0 };
const minorUnits: Readonly<Record<string, number>> = { USD: 2, JPY: 0, KWD: 3 };

/** A value as answers write it: a currency's minor units always, and beyond them what there is. */
export function written(commodity: string, value: bigint): string {
  const [whole = "", fraction = ""] = unscaled(value).split(".");
  const padded = fraction.padEnd(minorUnits[commodity] ?? 0, "0");
  return padded === "" ? whole : `${whole}.${padded}`;
}

export function weightOf(line: Line): { readonly amount: bigint; readonly commodity: string } {
  const amount = scaled(line.amount);
  if (line.price === undefined) return { amount, commodity: line.commodity };
  return { amount: (amount * scaled(line.price.amount)) / 10n ** 36n, commodity: line.price.commodity };
}

export const signed = (side: Side, amount: bigint) => (side === "debit" ? amount : -amount);

export function accountOf(book: Book, line: Line): Account | undefined {
  const { account_id: id, account_path: path } = line;
  return id === undefined ? [...book.accounts.values()].find((a) => a.path === path) : book.accounts.get(id);
}

/** The last day that is closed. */
export function closedThrough(book: Book): string | null {
  const days = [...book.closes.values()]
    .filter((close) => close.reopened === null)
    .map((close) => close.closed_through);
  return days.sort().at(-1) ?? null;
}

/** Everything that keeps lines from being posted on a day, as `ID pointer`. */
export function faultsOf(book: Book, date: string, lines: readonly Line[]): string[] {
  const faults: string[] = [];
  const sums = new Map<string, bigint>();
  if (date <= (closedThrough(book) ?? "")) faults.push("PERIOD_LOCKED /date");
  for (const [at, line] of lines.entries()) {
    const fault = (id: string, field: string) => faults.push(`${id} /lines/${at}/${field}`);
    const account = accountOf(book, line);
    const field = line.account_id === undefined ? "account_path" : "account_id";
    if (account === undefined) fault("ACCOUNT_UNKNOWN", field);
    else if (!account.active) fault("ACCOUNT_INACTIVE", field);
    else if (date < (account.opened_on ?? date) || date > (account.closed_on ?? date)) fault("ACCOUNT_NOT_OPEN", field);
    const digits = places[line.commodity];
    const unit = 10n ** BigInt(36 - (digits ?? (line.rounding === true ? 0 : 18)));
    if (digits === undefined) fault("COMMODITY_UNKNOWN", "commodity");
    else if (account?.commodities && !account.commodities.includes(line.commodity)) {
      fault("COMMODITY_NOT_PERMITTED", "commodity");
    }
    if (line.rounding !== true && scaled(line.amount) % unit !== 0n) fault("AMOUNT_TOO_PRECISE", "amount");
    if (line.rounding === true && scaled(line.amount) >= unit) fault("ROUNDING_LINE_INVALID", "amount");
    if (line.rounding === true && line.price !== undefined) fault("ROUNDING_LINE_INVALID", "price");
    if (line.price !== undefined && !(line.price.commodity in places)) fault("COMMODITY_UNKNOWN", "price/commodity");
    const weight = weightOf(line);
    sums.set(weight.commodity, (sums.get(weight.commodity) ?? 0n) + signed(line.side, weight.amount));
  }
  if ([...sums.values()].some((sum) => sum !== 0n)) faults.push("ENTRY_UNBALANCED /lines");
  return faults;
}

export interface PostedLine extends Line {
  readonly account_id: string;
  readonly entry: Entry;
  readonly position: number;
}

/** Every line that counts: those of all entries but drafts, voided ones and their reversals alike. */
export function postedLines(book: Book): PostedLine[] {
  return [...book.entries.values()]
    .filter((entry) => entry.status !== "draft")
    .flatMap((entry) => entry.lines.map((line, position) => ({ ...line, entry, position })));
}

export interface Sum {
  debit: bigint;
  credit: bigint;
}

/** Sums by a key of the lines, in the order of the keys. */
export function sumsBy<L extends Line>(
  lines: readonly L[],
  keyOf: (line: L) => string,
  amountOf: (line: L) => bigint = (line) => scaled(line.amount),
): [string, Sum][] {
  const sums = new Map<string, Sum>();
  for (const line of lines) {
    const sum = sums.get(keyOf(line)) ?? { debit: 0n, credit: 0n };
    sum[line.side] += amountOf(line);
    sums.set(keyOf(line), sum);
  }
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1));
}
