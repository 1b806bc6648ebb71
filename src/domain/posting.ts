/**
 * The rules of double entry on the lines of a proposed journal entry: pure, exact, and returned as data. What they find
 * becomes an error in the service.
 */
import {
  type Amount,
  add,
  compare,
  type Decimal,
  formatAmount,
  isZero,
  multiply,
  scaleOf,
  subtract,
  ZERO,
} from "./decimal.ts";

/** The two sides of an entry. */
export const SIDES = ["debit", "credit"] as const;
export type Side = (typeof SIDES)[number];

/** What one unit of a line's commodity costs in another: an exchange rate, a share's cost. Greater than zero. */
export interface UnitPrice {
  readonly amount: Amount;
  readonly commodity: string;
}

/** What the rules need of a line; a richer line fits. */
export interface ProposedLine {
  readonly side: Side;
  readonly amount: Amount;
  readonly commodity: string;
  readonly price?: UnitPrice | null | undefined;
  /** A remainder smaller than the commodity's minor unit, said to be one. */
  readonly rounding?: boolean | undefined;
}

/** What a line counts for in the balance of its entry. */
export interface Weight {
  readonly amount: Decimal;
  readonly commodity: string;
}

/** A commodity in which an entry does not balance. `difference` = debit − credit, never zero. */
export interface Imbalance {
  readonly commodity: string;
  readonly debit: Decimal;
  readonly credit: Decimal;
  readonly difference: Decimal;
}

export type PrecisionFaultKind =
  | "unknown_commodity"
  | "too_many_places"
  | "price_not_positive"
  | "rounding_with_price"
  | "rounding_too_large";

/** What is wrong with a line's precision: where (a JSON pointer from the line) and, for people, why. */
export interface PrecisionFault {
  readonly kind: PrecisionFaultKind;
  readonly pointer: "/amount" | "/commodity" | "/price" | "/price/amount" | "/price/commodity";
  readonly detail: string;
}

/**
 * What a line counts for: its amount times its unit price in the price's commodity, or else the amount itself.
 *
 * Exact, in canonical text. The scale of a product is the sum of the scales, so a weight may have 36 places, beyond its
 * commodity's: that is allowed, because it is compared and never paid. PostgreSQL's `amount * price` is the same number.
 */
export function weightOf(line: ProposedLine): Weight {
  if (line.price) return { amount: multiply(line.amount, line.price.amount), commodity: line.price.commodity };
  return { amount: formatAmount(line.amount, 0), commodity: line.commodity };
}

/**
 * The commodities in which Σ debit ≠ Σ credit over the lines' weights, sorted by code. Empty: the entry balances,
 * exactly and with no tolerance.
 */
export function imbalancesOf(lines: readonly ProposedLine[]): Imbalance[] {
  const totals = new Map<string, Record<Side, Decimal>>();
  for (const line of lines) {
    const weight = weightOf(line);
    const total = totals.get(weight.commodity) ?? { debit: ZERO, credit: ZERO };
    totals.set(weight.commodity, { ...total, [line.side]: add(total[line.side], weight.amount) });
  }
  return [...totals]
    .map(([commodity, { debit, credit }]) => ({ commodity, debit, credit, difference: subtract(debit, credit) }))
    .filter(({ difference }) => !isZero(difference))
    .sort((left, right) => (left.commodity < right.commodity ? -1 : 1));
}

/**
 * What is wrong with a line's precision, in the order of its fields; empty when nothing is.
 *
 * - A line's amount has at most the places of its commodity, counted as written: "100.00" JPY is a fault, since it says
 *   cents where there are none. An {@link Amount} has 18 at the most in any case.
 * - A `rounding` line may exceed them, must be smaller than one minor unit (10^-places), and has no price.
 * - A unit price is greater than zero; its places are its own, up to 18, whatever its commodity has.
 * - Both commodities are known.
 *
 * @param placesOf - a commodity's places, 0 to 18; null when it is unknown
 */
export function precisionFaultsOf(
  line: ProposedLine,
  placesOf: (commodity: string) => number | null,
): PrecisionFault[] {
  const places = placesOf(line.commodity);
  const faults = [places === null ? unknownCommodity("/commodity", line.commodity) : amountFault(line, places)];
  if (line.price) {
    if (line.rounding) {
      faults.push({ kind: "rounding_with_price", pointer: "/price", detail: "A rounding line has no price." });
    }
    if (isZero(line.price.amount)) {
      const detail = "A unit price is greater than zero.";
      faults.push({ kind: "price_not_positive", pointer: "/price/amount", detail });
    }
    if (placesOf(line.price.commodity) === null) {
      faults.push(unknownCommodity("/price/commodity", line.price.commodity));
    }
  }
  return faults.filter((fault) => fault !== null);
}

function amountFault({ amount, commodity, rounding }: ProposedLine, places: number): PrecisionFault | null {
  if (rounding) {
    const unit = minorUnit(places);
    if (compare(amount, unit) < 0) return null;
    const detail = `A rounding line is smaller than one minor unit of ${commodity}, ${unit}; this one is ${amount}.`;
    return { kind: "rounding_too_large", pointer: "/amount", detail };
  }
  const scale = scaleOf(amount);
  if (scale <= places) return null;
  const detail = `${amount} has more decimal places (${scale}) than ${commodity} allows (${places}).`;
  return { kind: "too_many_places", pointer: "/amount", detail };
}

function unknownCommodity(pointer: "/commodity" | "/price/commodity", code: string): PrecisionFault {
  return { kind: "unknown_commodity", pointer, detail: `There is no commodity ${code} in this book.` };
}

/** 10^-places, for 0 to 18 places. */
function minorUnit(places: number): Amount {
  return (places === 0 ? "1" : `0.${"1".padStart(places, "0")}`) as Amount;
}
