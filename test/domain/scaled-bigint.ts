/** Reference arithmetic for the decimals: integers in units of 10^-36, so that every bound of the domain is exact. */
import fc from "fast-check";
import { type Amount, parseAmount } from "../../src/domain/decimal.ts";

const PLACES = 36;

/** The value of a plain decimal text, times 10^36. */
export function scaled(text: string): bigint {
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return negative ? -value : value;
}

/** The canonical text of a value times 10^`places`. */
export function unscaled(value: bigint, places: number = PLACES): string {
  if (value < 0n) return `-${unscaled(-value, places)}`;
  const unit = 10n ** BigInt(places);
  let fraction = String((value % unit) + unit).slice(1);
  while (fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** The amount that a text is; a test's mistake otherwise. */
export function amountOf(text: string): Amount {
  const amount = parseAmount(text);
  if (amount === null) throw new Error(`not an amount: ${text}`);
  return amount;
}

/** Texts of amounts of up to the given digits and places, leaning towards the bounds, trailing zeros included. */
export function amounts({ digitsMax = 20, placesMax = 18 } = {}): fc.Arbitrary<Amount> {
  const lengths = fc.tuple(fc.nat(digitsMax), fc.nat(placesMax));
  const extremes = fc.constantFrom<[number, number]>([digitsMax, placesMax], [0, placesMax], [digitsMax, 0]);
  const digit = fc.integer({ min: 0, max: 9 }).map(String);
  return fc
    .oneof(lengths, extremes)
    .chain(([digits, places]) => {
      const string = (length: number) => fc.string({ unit: digit, minLength: length, maxLength: length });
      return fc.tuple(fc.boolean(), string(digits), string(places));
    })
    .map(([full, digits, places]) => {
      const whole = (full ? digits.replace(/./g, "9") : digits).replace(/^0+/, "") || "0";
      const fraction = full ? places.replace(/./g, "9") : places;
      return amountOf(fraction === "" ? whole : `${whole}.${fraction}`);
    });
}
