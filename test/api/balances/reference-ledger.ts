/** What balances, registers and trial balances are, by definition: sums over all lines, in units of 10^-36. */
import { isWithin } from "../../../src/domain/account.ts";
import { scaled } from "../../domain/scaled-bigint.ts";
import type { PostedEntry } from "../journal/ledger-book.ts";

export interface RefLine {
  readonly entryId: string;
  readonly position: number;
  readonly path: string;
  readonly date: string;
  readonly side: "debit" | "credit";
  readonly amount: bigint;
  readonly commodity: string;
  readonly weight: bigint;
  readonly weightCommodity: string;
}

export type Sums = Readonly<Record<string, { debit: bigint; credit: bigint }>>;

export function toLines(entries: readonly PostedEntry[]): RefLine[] {
  return entries.flatMap(({ id, date, lines }) =>
    lines.map((line) => ({
      entryId: id,
      position: line.position,
      path: line.account_path,
      date,
      side: line.side,
      amount: scaled(line.amount),
      commodity: line.commodity,
      weight: scaled(line.weight.amount),
      weightCommodity: line.weight.commodity,
    })),
  );
}

const until = (date: string | null) => (line: RefLine) => date === null || line.date <= date;

/** Sums by a key of the lines, without those that are zero on both sides. */
export function sumsBy(
  lines: readonly RefLine[],
  keyOf: (line: RefLine) => string,
  valueIn: (line: RefLine) => bigint = (line) => line.amount,
): Sums {
  const sums: Record<string, { debit: bigint; credit: bigint }> = {};
  for (const line of lines) {
    sums[keyOf(line)] ??= { debit: 0n, credit: 0n };
    const sum = sums[keyOf(line)];
    if (sum !== undefined) sum[line.side] += valueIn(line);
  }
  return Object.fromEntries(Object.entries(sums).filter(([, { debit, credit }]) => debit !== 0n || credit !== 0n));
}

export function balanceOf(
  lines: readonly RefLine[],
  account: { path: string; date: string | null; descendants: boolean },
): Sums {
  const counts = (path: string) => (account.descendants ? isWithin(path, account.path) : path === account.path);
  return sumsBy(lines.filter((line) => counts(line.path)).filter(until(account.date)), (line) => line.commodity);
}

/** The account's lines in order, each with the balance of its commodity after it, whatever is then left out. */
export function registerOf(
  lines: readonly RefLine[],
  { path, from, to, commodity }: { path: string; from?: string; to?: string; commodity?: string },
) {
  const balances = new Map<string, bigint>();
  return lines
    .filter((line) => line.path === path)
    .sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
    .map((line) => {
      const change = line.side === "debit" ? line.amount : -line.amount;
      const balance = (balances.get(line.commodity) ?? 0n) + change;
      balances.set(line.commodity, balance);
      return { ...line, balance };
    })
    .filter((line) => (from === undefined || line.date >= from) && (to === undefined || line.date <= to))
    .filter((line) => commodity === undefined || line.commodity === commodity);
}

const sortKey = (line: RefLine) => `${line.date} ${line.entryId} ${String(line.position).padStart(5, "0")}`;

/** Per account, commodity and weight commodity: amounts and weights. */
export function trialBalanceOf(lines: readonly RefLine[], date: string | null) {
  const included = lines.filter(until(date));
  const keyOf = (line: RefLine) => `${line.path} ${line.commodity} ${line.weightCommodity}`;
  return { amounts: sumsBy(included, keyOf), weights: sumsBy(included, keyOf, (line) => line.weight) };
}
