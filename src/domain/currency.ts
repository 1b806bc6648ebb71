import { AMOUNT_PLACES_MAX } from "./decimal.ts";
import { ISO_4217 } from "./iso-4217.ts";

/** A commodity that ISO 4217 defines, and how many places its amounts may have. */
export interface Currency {
  /** Three capitals. */
  readonly code: string;
  readonly name: string;
  /** The minor units of ISO 4217 (JPY 0, USD 2, KWD 3), or 18 where the standard sets none. */
  readonly places: number;
}

/**
 * The grammar of a commodity's code, an ISO code's included: a capital, then up to 23 capitals, digits and `'` `.` `_` `-`,
 * the last of them a capital or a digit.
 * @see https://beancount.github.io/docs/beancount_language_syntax.html#commodities-currencies
 */
export const COMMODITY_CODE_PATTERN = /^[A-Z](?:[A-Z0-9'._-]{0,22}[A-Z0-9])?$/;

const CURRENCIES: readonly Currency[] = ISO_4217.map(([code, minorUnits, name]) =>
  Object.freeze({ code, name, places: minorUnits ?? AMOUNT_PLACES_MAX }),
);

const BY_CODE: ReadonlyMap<string, Currency> = new Map(CURRENCIES.map((currency) => [currency.code, currency]));

/** Whether ISO 4217 has the code in force: exactly as written, so neither "usd" nor a withdrawn "DEM". */
export function isCurrentCurrency(code: string): boolean {
  return BY_CODE.has(code);
}

/** The currency of a code in force; null when ISO 4217 has none. */
export function findCurrency(code: string): Currency | null {
  return BY_CODE.get(code) ?? null;
}

/**
 * The places that an amount of the currency may have; null when the code is not ISO's, or no longer.
 *
 * Where the standard says "N.A." (gold XAU, the SDR XDR, XXX, XTS …) it sets no smallest unit, so neither do we: 18, the
 * most that any amount has.
 */
export function minorUnitsOf(code: string): number | null {
  return BY_CODE.get(code)?.places ?? null;
}

/** Every currency in force, by code. */
export function listCurrencies(): readonly Currency[] {
  return CURRENCIES;
}
