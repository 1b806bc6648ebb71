import Big from "big.js";

/**
 * A big.js of our own: it refuses a JavaScript number. Sums and products are exact. A quotient is computed to 60 places
 * and then rounded half-even to {@link QUOTIENT_DIGITS} significant digits, beancount's own precision.
 */
export const Exact = Big();
Exact.strict = true;
Exact.DP = 60;
Exact.RM = 2;

export const ZERO = new Exact("0");

/** Significant digits of a quotient, as in Python's default decimal context. */
export const QUOTIENT_DIGITS = 28;

/** big.js's rounding to the nearest, ties to the even digit. */
export const HALF_EVEN = 2;

/** A number and the digits after the point that it was written with: "4500.00" has the scale 2, and tolerances follow from it. */
export interface WrittenNumber {
  readonly value: Big;
  readonly scale: number;
}

/** Digits after the point that the value needs, trailing zeros not counted. */
export function placesOf(value: Big): number {
  return Math.max(0, value.c.length - value.e - 1);
}

/** A computed number: its scale is what its value needs. */
export function exactNumber(value: Big): WrittenNumber {
  return { value, scale: placesOf(value) };
}

/** Reads "1,234.50"; null when its commas do not separate groups of three. */
export function parseWrittenNumber(text: string): WrittenNumber | null {
  if (!/^(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$/.test(text)) return null;
  const plain = text.replaceAll(",", "");
  const point = plain.indexOf(".");
  const digits = point === plain.length - 1 ? plain.slice(0, -1) : plain;
  return { value: new Exact(digits), scale: point === -1 ? 0 : plain.length - point - 1 };
}

/** The number as written, without grouping: "4500.00". Never an exponent. */
export function formatNumber(number: WrittenNumber): string {
  return number.value.toFixed(Math.max(number.scale, placesOf(number.value)));
}

export function addNumbers(left: WrittenNumber, right: WrittenNumber): WrittenNumber {
  return { value: left.value.plus(right.value), scale: Math.max(left.scale, right.scale) };
}

export function multiplyNumbers(left: WrittenNumber, right: WrittenNumber): WrittenNumber {
  return { value: left.value.times(right.value), scale: left.scale + right.scale };
}

export function negateNumber(number: WrittenNumber): WrittenNumber {
  return { value: number.value.neg(), scale: number.scale };
}

/** The quotient; its scale is the ideal one of decimal arithmetic (10.00 / 4 is 2.50), or what the value needs. */
export function divideNumbers(left: WrittenNumber, right: WrittenNumber): WrittenNumber | null {
  const value = quotientOf(left.value, right.value);
  return value && { value, scale: Math.max(0, left.scale - right.scale, placesOf(value)) };
}

/** The quotient, rounded half-even to 28 significant digits; null when the divisor is zero. */
export function quotientOf(dividend: Big, divisor: Big): Big | null {
  if (divisor.eq(ZERO)) return null;
  return dividend.div(divisor).prec(QUOTIENT_DIGITS, HALF_EVEN);
}
