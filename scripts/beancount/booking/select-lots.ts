import type Big from "big.js";
import { BookError } from "../syntax/fault.ts";
import { ZERO } from "../syntax/written-number.ts";
import { formatLot, type Lot } from "./inventory.ts";

/** Booking methods that are understood. NONE books every posting as it stands. */
export const BOOKING_METHODS = ["STRICT", "STRICT_WITH_SIZE", "FIFO", "LIFO", "HIFO", "NONE"] as const;
export type BookingMethod = (typeof BOOKING_METHODS)[number];

export function isBookingMethod(text: string): text is BookingMethod {
  return (BOOKING_METHODS as readonly string[]).includes(text);
}

/** Part of a reduction: `number` units, of the reduction's sign, out of `lot`. */
export interface Reduction {
  readonly lot: Lot;
  readonly number: Big;
}

/** Decides from which of the matching lots a reduction takes, or fails saying what is ambiguous or missing. */
export function selectLots(
  method: Exclude<BookingMethod, "NONE">,
  matches: readonly Lot[],
  number: Big,
  line: number,
): Reduction[] {
  const [only] = matches;
  if (!only) throw new BookError(line, "no lot that is held matches the cost of this reduction");
  if (method === "FIFO" || method === "LIFO" || method === "HIFO")
    return takeInOrder(ordered(matches, method), number, line);
  if (matches.length === 1) return takeInOrder(matches, number, line);
  if (sumOf(matches).eq(number.neg())) return matches.map((lot) => ({ lot, number: lot.number.neg() }));
  if (method === "STRICT_WITH_SIZE") {
    const [sized] = ordered(
      matches.filter((lot) => lot.number.eq(number.neg())),
      "FIFO",
    );
    if (sized) return [{ lot: sized, number }];
  }
  throw new BookError(line, `ambiguous: the cost of this reduction matches ${matches.map(formatLot).join("; ")}`);
}

function takeInOrder(lots: readonly Lot[], number: Big, line: number): Reduction[] {
  const reductions: Reduction[] = [];
  let remaining = number;
  for (const lot of lots) {
    if (remaining.eq(ZERO)) break;
    const taken = lot.number.abs().lt(remaining.abs()) ? lot.number.neg() : remaining;
    reductions.push({ lot, number: taken });
    remaining = remaining.minus(taken);
  }
  if (remaining.eq(ZERO)) return reductions;
  const held = lots.map(formatLot).join("; ");
  throw new BookError(line, `not enough is held to reduce by ${number.abs().toFixed()}: ${held}`);
}

function ordered(lots: readonly Lot[], method: "FIFO" | "LIFO" | "HIFO"): Lot[] {
  if (method === "HIFO")
    return [...lots].sort((left, right) => (right.cost?.unit ?? ZERO).cmp(left.cost?.unit ?? ZERO));
  const oldest = [...lots].sort((left, right) => compareText(left.cost?.date ?? "", right.cost?.date ?? ""));
  return method === "FIFO" ? oldest : oldest.reverse();
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function sumOf(lots: readonly Lot[]): Big {
  return lots.reduce((sum, lot) => sum.plus(lot.number), ZERO);
}
