/** What generated books are made of: few of each, so that facts meet. */
import { unscaled } from "../domain/scaled-bigint.ts";
import type { Dice } from "./dice.ts";
import type { Account, Book, Line } from "./facts.ts";
import { closedThrough, places } from "./reference-model.ts";

export const startsAt = "2026-03-01T08:00:00.000Z";

/** The accounts that every book begins with; the first five stay open. */
export const firstAccounts = [
  ["Assets:Bank", "asset"],
  ["Income:Salary", "income"],
  ["Expenses:Food", "expense"],
  ["Equity:Opening", "equity"],
  ["Liabilities:Card", "liability"],
  ["Assets:Bank:Savings", "asset"],
  ["Assets:Banking", "asset"],
  ["Expenses:Food:Out", "expense"],
] as const;
export const lastingAccounts = 5;

export const paths = ["Assets", "Assets:Bank:Old", "Assets:Shares", "Income", "Expenses:Rent", "Assets:Savings", "X:Y"];
export const memos = ["Rent", "rENTAL", "50% off", "snake_case", "back\\slash", "Ärger"];
export const tags = ["home", "work", "a b"];
export const ownCommodities = ["ACME", "SEAT"];

const base = Date.parse("2026-01-15");
/** A day of the first quarter of 2026 or, one time in eight, long before or after. */
export function dayOf(dice: Dice): string {
  const days = dice.chance(12) ? dice.of([-400, -45, -31, 75, 700]) : dice.below(60) - 10;
  return new Date(base + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day that is mostly not closed. */
export function openDay(dice: Dice, book: Book): string {
  const day = dayOf(dice);
  const closed = closedThrough(book);
  return closed === null || day > closed || dice.chance(15) ? day : addDays(closed, 1 + dice.below(30));
}

/** Days on which something happens in the book, the days around them, and some other. */
export function dayNear(dice: Dice, book: Book): string {
  const known = [...book.entries.values(), ...book.prices.values()].map(({ date }) => date);
  if (known.length === 0 || dice.chance(20)) return dayOf(dice);
  return addDays(dice.of(known), dice.of([0, 0, -1, 1]));
}

export const addDays = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

export function someAccount(dice: Dice, book: Book): Account {
  const all = [...book.accounts.values()];
  return dice.of(dice.chance(25) ? all : all.slice(0, lastingAccounts));
}

/** An account that may be closed, narrowed or switched off without ending the run's business. */
export function spareAccount(dice: Dice, book: Book): Account {
  const all = [...book.accounts.values()];
  return dice.of(all.length > lastingAccounts ? all.slice(lastingAccounts) : all);
}

const whole = 10n ** 36n;
const text = (value: bigint) => unscaled(value);
const amountIn = (dice: Dice, commodity: string) =>
  (BigInt(dice.below(5000)) * whole) / 10n ** BigInt(places[commodity] ?? 0);

/** Lines that balance: a transfer, a sale at a price, shares for money, or remainders against one another. */
function pairOf(dice: Dice, book: Book): Line[] {
  const kind = dice.of(["plain", "plain", "plain", "priced", "cost", "rounding"]);
  const ends = [someAccount(dice, book), someAccount(dice, book)].map((account) =>
    dice.chance(40) ? { account_path: account.path } : { account_id: account.id },
  );
  const sides = dice.chance(50) ? (["credit", "debit"] as const) : (["debit", "credit"] as const);
  const pair = (one: Omit<Line, "side">, other: Omit<Line, "side">): Line[] => [
    { ...ends[0], side: sides[0], ...one },
    { ...ends[1], side: sides[1], ...other },
  ];
  if (kind === "rounding") {
    const remainder = { amount: "0.00012345", commodity: "KWD", rounding: true };
    return pair(remainder, { ...remainder, memo: "remainder" });
  }
  const cents = BigInt(dice.below(900) + 1) * (whole / 100n);
  if (kind === "cost") {
    const units = BigInt(dice.below(90));
    const price = { amount: text(cents), commodity: "USD", source: "the broker" };
    return pair(
      { amount: text(units * whole), commodity: "SEAT", price },
      { amount: text(units * cents), commodity: "USD" },
    );
  }
  const commodity = dice.of(["USD", "USD", "USD", "JPY", "ACME"]);
  const amount = text(amountIn(dice, commodity));
  if (kind === "plain") return pair({ amount, commodity }, { amount, commodity, memo: dice.maybe(20, memos) });
  const price = { amount: text(cents), commodity: "KWD" };
  return pair({ amount, commodity, price }, { amount, commodity, price });
}

export function linesOf(dice: Dice, book: Book): Line[] {
  return [...pairOf(dice, book), ...(dice.chance(25) ? pairOf(dice, book) : [])];
}

export function entryOf(dice: Dice, book: Book, date = openDay(dice, book)) {
  return {
    date,
    memo: dice.maybe(60, memos),
    payee: dice.maybe(30, memos),
    ...(dice.chance(40) ? { tags: [dice.of(tags)], links: ["invoice-1"] } : {}),
    ...(dice.chance(15) ? { metadata: { a: "1", b: "two" }, source: "import" } : {}),
    ...(dice.chance(5) ? { closing: true } : {}),
    lines: linesOf(dice, book),
  };
}

/** An entry with one thing wrong with it, whatever else the book has against it. */
export function faultyEntryOf(dice: Dice, book: Book) {
  const entry = entryOf(dice, book);
  const [first, ...others] = entry.lines;
  if (first === undefined) return entry;
  const { account_id: _, account_path: __, ...rest } = first;
  const faulty = dice.of<Line>([
    { ...first, amount: "123456" },
    { ...first, amount: "0.1234567" },
    { ...first, commodity: "NONE" },
    { ...rest, account_path: "No:Such" },
    { ...rest, account_id: "0198c5a0-0000-7000-8000-000000000000" },
    { ...first, amount: "7", rounding: true },
    { ...first, price: { amount: "2", commodity: "NIL" } },
    { ...first, amount: "0.0001", price: { amount: "2", commodity: "KWD" }, rounding: true, commodity: "USD" },
  ]);
  return { ...entry, lines: [faulty, ...others] };
}
