import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  add,
  compare,
  type Decimal,
  formatAmount,
  isZero,
  multiply,
  parseAmount,
  parseDecimal,
  scaleOf,
  subtract,
} from "../../src/domain/decimal.ts";
import { amountOf, amounts, scaled, unscaled } from "./scaled-bigint.ts";

const LARGEST = amountOf(`${"9".repeat(20)}.${"9".repeat(18)}`);

function decimalOf(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === null) throw new Error(`not a decimal: ${text}`);
  return value;
}

/** Signed decimals over the whole of their bounds. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 96n) + 1n, max: 10n ** 96n - 1n }), fc.nat(36), fc.nat(95))
  .map(([value, places, drop]) => decimalOf(unscaled(value / 10n ** BigInt(Math.max(drop, 36 - places)), places)));

describe("reading", () => {
  test.each(["0", "0.0", "0.000000000000000001", "7", "12.50", "99999999999999999999.999999999999999999"])(
    "reads %p as an amount, as it stands",
    (text) => {
      expect(parseAmount(text) as string | null).toBe(text);
    },
  );

  test.each([
    "",
    " ",
    "-1",
    "-0",
    "+1",
    "01",
    "00",
    "1.",
    ".5",
    "1,5",
    "1e3",
    "1E-3",
    "0x1",
    "1_000",
    " 1",
    "1 ",
    "1\n",
    "1.2.3",
    "NaN",
    "Infinity",
    "١",
    "１",
    "100000000000000000000",
    "0.0000000000000000001",
  ])("refuses %p as an amount", (text) => {
    expect(parseAmount(text)).toBeNull();
  });

  test("reads a signed decimal up to the bounds and refuses one digit more", () => {
    const largest = `-${"9".repeat(60)}.${"9".repeat(36)}`;
    expect(parseDecimal(largest) as string | null).toBe(largest);
    expect(parseDecimal(`1${"0".repeat(60)}`)).toBeNull();
    expect(parseDecimal(`0.${"0".repeat(36)}1`)).toBeNull();
  });

  test.each(["NaN", "Infinity", "-Infinity", "--1", "-", "-01", "1e3"])("refuses %p as a decimal", (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  test("never yields a negative zero", () => {
    expect(parseDecimal("-0") as string | null).toBe("0");
    expect(parseDecimal("-0.00") as string | null).toBe("0.00");
  });

  test("counts the scale as written", () => {
    expect([amountOf("1"), amountOf("1.0"), amountOf("1.230"), decimalOf("-0.5")].map(scaleOf)).toEqual([0, 1, 3, 1]);
  });
});

describe("arithmetic agrees with integers, to the last digit", () => {
  test("add and subtract, at every bound of amounts", () => {
    fc.assert(
      fc.property(amounts(), amounts(), (left, right) => {
        expect<string>(add(left, right)).toBe(unscaled(scaled(left) + scaled(right)));
        expect<string>(subtract(left, right)).toBe(unscaled(scaled(left) - scaled(right)));
      }),
    );
  });

  test("add and subtract, of signed decimals", () => {
    const halves = decimals.filter((value) => value.replace("-", "").split(".")[0]?.length !== 60);
    fc.assert(
      fc.property(halves, halves, (left, right) => {
        expect<string>(add(left, right)).toBe(unscaled(scaled(left) + scaled(right)));
        expect<string>(subtract(left, right)).toBe(unscaled(scaled(left) - scaled(right)));
      }),
    );
  });

  test("multiply, at every bound of amounts", () => {
    fc.assert(
      fc.property(amounts(), amounts(), (left, right) => {
        expect<string>(multiply(left, right)).toBe(unscaled((scaled(left) * scaled(right)) / 10n ** 36n));
      }),
    );
    expect<string>(multiply(LARGEST, LARGEST)).toBe(unscaled((scaled(LARGEST) * scaled(LARGEST)) / 10n ** 36n));
  });

  test("compare and isZero, whatever the scale", () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const difference = scaled(left) - scaled(right);
        expect(compare(left, right)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
        expect(compare(left, decimalOf(formatAmount(left, 36)))).toBe(0);
        expect(isZero(left)).toBe(scaled(left) === 0n);
      }),
    );
  });

  test("a sum of 200 of the largest weights is exact", () => {
    const weight = multiply(LARGEST, LARGEST);
    const sum = Array.from({ length: 200 }).reduce<Decimal>((total) => add(total, weight), decimalOf("0"));
    expect<string>(sum).toBe(unscaled(200n * scaled(weight)));
  });

  test("refuses to leave the bounds rather than give what is not a decimal", () => {
    const largest = decimalOf("9".repeat(60));
    expect(() => add(largest, decimalOf("1"))).toThrow(RangeError);
    expect(() => subtract(decimalOf("-1"), largest)).toThrow(RangeError);
  });
});

describe("writing", () => {
  test.each([
    ["12", 2, "12.00"],
    ["12.5", 2, "12.50"],
    ["12.500", 2, "12.50"],
    ["12.505", 2, "12.505"],
    ["12.00", 0, "12"],
    ["-0", 0, "0"],
    ["-0.00", 2, "0.00"],
    ["-1.50", 0, "-1.5"],
    ["100", 0, "100"],
    ["0.000000000000000001", 0, "0.000000000000000001"],
    ["100000000000000000000000000", 0, "100000000000000000000000000"],
  ] as const)("writes %p with %p places as %p", (value, placesMin, expected) => {
    expect<string>(formatAmount(value, placesMin)).toBe(expected);
  });

  test("keeps the value, has the places asked for and none that say nothing beyond them, and is its own canonical form", () => {
    fc.assert(
      fc.property(decimals, fc.nat(36), (value, placesMin) => {
        const text = formatAmount(value, placesMin);
        expect(scaled(text)).toBe(scaled(value));
        expect(text).toMatch(/^(?!-0(\.0*)?$)-?(0|[1-9]\d*)(\.\d+)?$/);
        expect(scaleOf(text)).toBeGreaterThanOrEqual(placesMin);
        if (scaleOf(text) > placesMin) expect(text).toMatch(/[1-9]$/);
        expect(formatAmount(text, placesMin)).toBe(text);
        expect<string>(formatAmount(text, 0)).toBe(unscaled(scaled(value)));
      }),
    );
  });

  test("reads back what it wrote of an amount", () => {
    fc.assert(
      fc.property(amounts(), fc.nat(18), (amount, placesMin) => {
        const read = parseAmount(formatAmount(amount, placesMin));
        expect(read).not.toBeNull();
        expect(scaled(read ?? "")).toBe(scaled(amount));
      }),
    );
  });

  test("refuses what is no decimal and places out of bounds", () => {
    expect(() => formatAmount("NaN", 2)).toThrow(RangeError);
    for (const places of [-1, 1.5, 37, Number.NaN]) expect(() => formatAmount("1", places)).toThrow(RangeError);
  });
});
