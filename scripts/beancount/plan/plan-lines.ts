import type Big from "big.js";
import { AMOUNT_PATTERN, AMOUNT_PLACES_MAX } from "../../../src/domain/decimal.ts";
import type { BookedPosting } from "../booking/booked.ts";
import type { Metadata } from "../syntax/directives.ts";
import { BookError } from "../syntax/fault.ts";
import { Exact, placesOf, ZERO } from "../syntax/written-number.ts";
import type { LineBody } from "./plan-types.ts";
import { fittedPriceOf, type LinePrice, unitPriceOf } from "./unit-price.ts";
import { mergeMetadata } from "./wire-text.ts";

/** big.js's rounding towards zero. */
const TOWARDS_ZERO = 0;

export interface LineContext {
  /** Decimal places that amounts of a commodity may have. */
  readonly placesOf: (commodity: string) => number;
  readonly roundingAccount: string;
}

export interface PlannedLines {
  readonly lines: readonly LineBody[];
  readonly roundingLines: number;
  readonly fractionLines: number;
}

/**
 * The lines of one entry, debits and credits equal to the last digit.
 *
 * - An amount finer than its currency's minor unit is split: the whole minor units, and a `rounding` line of the rest on
 *   the same account, which has no price.
 * - A unit price is the book's own, up to 18 places. One that is a total divided, that is zero, or whose weights leave a
 *   remainder finer than 18 places is rounded so that its weight has at most 18; the line's metadata then says the weight
 *   that the book gives, as `beancount_weight`.
 * - What remains of each weight commodity goes to the rounding account: whole minor units as an ordinary line, the rest
 *   as a `rounding` line.
 *
 * @throws BookError where the API's bounds do not hold an amount or a price
 */
export function planLines(postings: readonly BookedPosting[], line: number, context: LineContext): PlannedLines {
  const minorUnitOf = (currency: string): Big => new Exact(`1e-${context.placesOf(currency)}`);
  const exact = postings.flatMap((posting) => linesOf(posting, unitPriceOf(posting, minorUnitOf), context));
  const isHeld = residualsOf(exact).every(({ value }) => placesOf(value) <= AMOUNT_PLACES_MAX);
  const own = isHeld
    ? exact
    : postings.flatMap((posting) => linesOf(posting, fittedPriceOf(posting, minorUnitOf), context));
  const rounding = residualsOf(own).flatMap(({ commodity, value }) =>
    split(value.neg(), 0, context.placesOf(commodity)).map((part) => ({
      ...part,
      account: context.roundingAccount,
      commodity,
      price: null,
      metadata: {},
    })),
  );
  return {
    lines: [...own, ...rounding].map((planned) => toBody(planned, line)),
    roundingLines: rounding.length,
    fractionLines: own.filter((planned) => planned.rounding).length,
  };
}

interface Part {
  /** Debits are positive. */
  readonly value: Big;
  readonly amount: string;
  readonly rounding: boolean;
}

interface Line extends Part {
  readonly account: string;
  readonly commodity: string;
  readonly price: LinePrice | null;
  readonly metadata: Metadata;
}

function linesOf(posting: BookedPosting, price: LinePrice | null, { placesOf: places }: LineContext): Line[] {
  const { units, account } = posting;
  const metadata = lineMetadataOf(posting, price);
  return split(units.number.value, units.number.scale, places(units.currency)).map((part, index) => ({
    ...part,
    account: account.normalize("NFC"),
    commodity: units.currency,
    price: part.rounding ? null : price,
    metadata: index === 0 ? metadata : {},
  }));
}

/** Whole minor units, and what is finer than one: one part at the least, two at the most. */
function split(value: Big, scale: number, places: number): Part[] {
  const whole = value.round(places, TOWARDS_ZERO);
  const fraction = value.minus(whole);
  const parts: Part[] = [];
  if (!whole.eq(ZERO) || fraction.eq(ZERO)) {
    const amount = whole.abs().toFixed(Math.max(placesOf(whole), Math.min(scale, places)));
    parts.push({ value: whole, amount, rounding: false });
  }
  if (!fraction.eq(ZERO)) parts.push({ value: fraction, amount: fraction.abs().toFixed(), rounding: true });
  return parts;
}

/** By weight commodity, what the lines leave over; those that balance are not in it. */
function residualsOf(lines: readonly Line[]): { commodity: string; value: Big }[] {
  const sums = new Map<string, Big>();
  for (const { value, commodity, price } of lines) {
    const key = price?.currency ?? commodity;
    sums.set(key, (sums.get(key) ?? ZERO).plus(price ? value.times(price.unit) : value));
  }
  return [...sums].map(([commodity, value]) => ({ commodity, value })).filter(({ value }) => !value.eq(ZERO));
}

function lineMetadataOf({ source, cost, price, weight }: BookedPosting, linePrice: LinePrice | null): Metadata {
  return mergeMetadata(source.metadata, {
    ...(source.flag !== null && { flag: source.flag }),
    ...(cost && { cost_date: cost.date }),
    ...(cost?.label != null && { cost_label: cost.label }),
    ...(cost && price && { beancount_price: `${price.unit.toFixed()} ${price.currency}` }),
    ...(linePrice?.isExact === false && { beancount_weight: `${weight.value.toFixed()} ${weight.currency}` }),
  });
}

function toBody({ account, value, amount, commodity, price, metadata, rounding }: Line, line: number): LineBody {
  return {
    account_path: account,
    side: value.lt(ZERO) ? "credit" : "debit",
    amount: held(amount, line),
    commodity,
    ...(price && { price: { amount: held(price.unit.toFixed(), line), commodity: price.currency } }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(rounding && { rounding: true as const }),
  };
}

function held(amount: string, line: number): string {
  if (AMOUNT_PATTERN.test(amount)) return amount;
  throw new BookError(line, `${amount} has more than 20 digits before the point or 18 after it`);
}
