import type Big from "big.js";
import { AMOUNT_PLACES_MAX } from "../../../src/domain/decimal.ts";
import type { BookedPosting } from "../booking/booked.ts";
import { BookError } from "../syntax/fault.ts";
import { Exact, HALF_EVEN, placesOf, ZERO } from "../syntax/written-number.ts";

/** The unit price of a line. */
export interface LinePrice {
  readonly unit: Big;
  readonly currency: string;
  /** Units times this price are the weight that the book gives. */
  readonly isExact: boolean;
}

/** The book's own unit price, by cost before price; rounded only when the API's field cannot hold it. */
export function unitPriceOf(posting: BookedPosting, minorUnitOf: (currency: string) => Big): LinePrice | null {
  const { cost, price, units, weight } = posting;
  const value = cost ?? price;
  if (!value) return null;
  if (value.currency === units.currency) {
    throw new BookError(posting.source.line, `${units.currency} cannot be priced in ${units.currency} itself`);
  }
  const isExact = value.unit.gt(ZERO) && placesOf(value.unit) <= AMOUNT_PLACES_MAX;
  if (isExact && value.unit.times(units.number.value).eq(weight.value)) return { ...pick(value), isExact };
  return fittedPriceOf(posting, minorUnitOf);
}

/** The unit price rounded so that the line's weight has 18 places at the most; never zero, as the API refuses that. */
export function fittedPriceOf(posting: BookedPosting, minorUnitOf: (currency: string) => Big): LinePrice | null {
  const { cost, price, units, weight, source } = posting;
  const value = cost ?? price;
  if (!value) return null;
  const places = Math.max(0, AMOUNT_PLACES_MAX - placesOf(units.number.value));
  const rounded = value.unit.round(places, HALF_EVEN);
  const unit = rounded.eq(ZERO) ? new Exact(`1e-${places}`) : rounded;
  const difference = unit.times(units.number.value).minus(weight.value);
  if (difference.abs().gte(minorUnitOf(value.currency))) {
    throw new BookError(
      source.line,
      `a price of ${places} places cannot give the weight ${weight.value.toFixed()} ${value.currency}`,
    );
  }
  return { unit, currency: value.currency, isExact: difference.eq(ZERO) };
}

function pick({ unit, currency }: { unit: Big; currency: string }): { unit: Big; currency: string } {
  return { unit, currency };
}
