/**
 * Exact decimals. A number of this domain is a plain decimal text: on the wire, in PostgreSQL's `numeric` and here
 * alike; big.js does the arithmetic in between. Nothing rounds: of big.js only `plus`, `minus`, `times` and `cmp` are
 * used, which are exact, and `toFixed()` without places, which neither rounds nor writes an exponent.
 *
 * Bounds, chosen so that big.js and PostgreSQL agree to the last digit:
 *
 * | value                       | integer digits | places |
 * |-----------------------------|----------------|--------|
 * | an amount, a unit price     | 20             | 18     |
 * | a weight (amount × price)   | 40             | 36     |
 * | a balance (a sum of either) | 60             | 36     |
 *
 * A `numeric` column without precision holds them all, and its `+`, `-`, `*`, `sum` are exact here; one declared
 * `numeric(p, s)` would round what it stores.
 */
import Big from "big.js";

declare const decimal: unique symbol;
declare const amount: unique symbol;

/** A signed decimal in plain notation, at most 60 integer digits and 36 places, never "-0". Keeps its scale. */
export type Decimal = string & { readonly [decimal]: true };

/** A {@link Decimal} ≥ 0 of at most 20 integer digits and 18 places: a line's amount, a unit price. */
export type Amount = Decimal & { readonly [amount]: true };

/** The most places that an amount, a price or a commodity may have. */
export const AMOUNT_PLACES_MAX = 18;

/** The most places that any decimal has: those of an amount times a price. */
export const DECIMAL_PLACES_MAX = 36;

/** The grammar of an {@link Amount}: no sign, no exponent, no leading zeros, no bare point. */
export const AMOUNT_PATTERN = /^(0|[1-9]\d{0,19})(\.\d{1,18})?$/;

/** The grammar of a {@link Decimal}: an amount's with a sign and room for weights and their sums. */
export const DECIMAL_PATTERN = /^-?(0|[1-9]\d{0,59})(\.\d{1,36})?$/;

/** A big.js of our own: its settings are shared with nobody, and it refuses a JavaScript number. */
const Exact = Big();
Exact.strict = true;

/** Zero. */
export const ZERO = "0" as Amount;

/** Reads an amount as it stands, trailing zeros kept ("12.50" has the scale 2); null when it is not one. */
export function parseAmount(text: string): Amount | null {
  return AMOUNT_PATTERN.test(text) ? (text as Amount) : null;
}

/** Reads a signed decimal, scale kept and zero unsigned ("-0.00" is "0.00"); null when it is not one, as "NaN" is not. */
export function parseDecimal(text: string): Decimal | null {
  if (!DECIMAL_PATTERN.test(text)) return null;
  return (isZeroText(text) ? text.replace("-", "") : text) as Decimal;
}

/** The digits after the point as written, trailing zeros included: what `scale()` of PostgreSQL says of the same text. */
export function scaleOf(value: Decimal): number {
  const point = value.indexOf(".");
  return point === -1 ? 0 : value.length - point - 1;
}

/**
 * The exact sum, in canonical text.
 * @throws RangeError when it leaves the bounds of {@link Decimal}; sums of amounts and weights never do.
 */
export function add(left: Decimal, right: Decimal): Decimal {
  return fromExact(new Exact(left).plus(right));
}

/**
 * The exact difference `left − right`, in canonical text.
 * @throws RangeError when it leaves the bounds of {@link Decimal}; differences of sums never do.
 */
export function subtract(left: Decimal, right: Decimal): Decimal {
  return fromExact(new Exact(left).minus(right));
}

/**
 * The exact product, in canonical text: of two amounts, or of a sum of amounts and a price, which fits.
 * @throws RangeError when it leaves the bounds of {@link Decimal}.
 */
export function multiply(left: Decimal, right: Amount): Decimal {
  return fromExact(new Exact(left).times(right));
}

/** Order by value, whatever the scale: "1.0" and "1" compare as 0. */
export function compare(left: Decimal, right: Decimal): -1 | 0 | 1 {
  return new Exact(left).cmp(right);
}

/** Whether the value is zero, whatever its scale. */
export function isZero(value: Decimal): boolean {
  return isZeroText(value);
}

/**
 * The one text that a value has on the wire: padded with zeros to `placesMin`, no trailing zeros beyond it, no exponent,
 * no "-0". Never rounds: a value of more places than `placesMin` shows them. `placesMin` 0 gives the canonical text.
 * @param value - a decimal, as PostgreSQL writes a `numeric` too
 * @param placesMin - 0 to 36: the places of the value's commodity
 * @throws RangeError when `value` is no {@link Decimal} or `placesMin` is out of bounds: a fault of the program.
 */
export function formatAmount(value: string, placesMin: number): Decimal {
  const parsed = parseDecimal(value);
  if (parsed === null) throw new RangeError(`not a decimal: ${JSON.stringify(value.slice(0, 100))}`);
  if (!Number.isInteger(placesMin) || placesMin < 0 || placesMin > DECIMAL_PLACES_MAX) {
    throw new RangeError(`placesMin must be a whole number from 0 to ${DECIMAL_PLACES_MAX}: ${placesMin}`);
  }
  const [whole = "", fraction = ""] = parsed.split(".");
  const places = fraction.replace(/0+$/, "").padEnd(placesMin, "0");
  return (places === "" ? whole : `${whole}.${places}`) as Decimal;
}

function isZeroText(text: string): boolean {
  return !/[1-9]/.test(text);
}

function fromExact(value: Big): Decimal {
  const result = parseDecimal(value.toFixed());
  if (result === null) throw new RangeError("a decimal of more than 60 integer digits or 36 places");
  return result;
}
