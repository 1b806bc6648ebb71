/**
 * What a book answers, by definition and slowly: rules held against facts, and sums over all lines, in units of 10^-36.
 * It shares no code with the application.
 */
import { scaled, unscaled } from "../domain/scaled-bigint.ts";
import type { Account, Book, Entry, Line, Side } from "./facts.ts";

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
