import { findCurrency } from "./currency.ts";
import { AMOUNT_PLACES_MAX, type Decimal, formatAmount } from "./decimal.ts";

/** An amount of a commodity. */
export interface Money {
  readonly commodity: string;
  readonly amount: Decimal;
}

/**
 * The text of a value in a commodity: a currency's minor units are always written ("12.00" USD, "12" JPY); elsewhere
 * as many places as the value has. Nothing is rounded.
 * @param value - a decimal, as PostgreSQL writes a `numeric`
 */
export function formatIn(commodity: string, value: string): Decimal {
  const places = findCurrency(commodity)?.places ?? 0;
  return formatAmount(value, places === AMOUNT_PLACES_MAX ? 0 : places);
}
