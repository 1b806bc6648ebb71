import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseExpression } from "../../../scripts/beancount/syntax/expression.ts";
import { readTokenLines } from "../../../scripts/beancount/syntax/lexer.ts";
import { TokenCursor } from "../../../scripts/beancount/syntax/token-cursor.ts";
import { formatNumber, QUOTIENT_DIGITS } from "../../../scripts/beancount/syntax/written-number.ts";

function evaluate(text: string): string {
  const [line] = readTokenLines("x", ` ${text}`, []);
  if (!line) throw new Error("no tokens");
  const cursor = new TokenCursor(line);
  const number = parseExpression(cursor);
  cursor.expectEnd();
  return formatNumber(number);
}

/** An expression as text, and its value as an integer over 10^scale. */
interface Reference {
  readonly text: string;
  readonly value: bigint;
  readonly scale: number;
}

const literal: fc.Arbitrary<Reference> = fc
  .record({ value: fc.bigInt({ min: 0n, max: 10n ** 12n }), scale: fc.nat(6) })
  .map(({ value, scale }) => ({ text: decimalText(value, scale), value, scale }));

const { tree } = fc.letrec<{ tree: Reference }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    literal,
    tie("tree").map(({ text, value, scale }) => ({ text: `-(${text})`, value: -value, scale })),
    fc
      .tuple(tie("tree"), fc.constantFrom("+", "-", "*"), tie("tree"))
      .map(([left, sign, right]) => join(left, sign, right)),
  ),
}));

function join(left: Reference, sign: string, right: Reference): Reference {
  const text = `(${left.text}) ${sign} (${right.text})`;
  if (sign === "*") return { text, value: left.value * right.value, scale: left.scale + right.scale };
  const scale = Math.max(left.scale, right.scale);
  const aligned = (part: Reference): bigint => part.value * 10n ** BigInt(scale - part.scale);
  const value = sign === "+" ? aligned(left) + aligned(right) : aligned(left) - aligned(right);
  return { text, value, scale };
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return sign + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

test("sums, differences and products are exact and keep the scale that they are written with", () => {
  fc.assert(
    fc.property(tree, ({ text, value, scale }) => {
      expect(evaluate(text)).toBe(decimalText(value, scale));
    }),
  );
});

test("a quotient is the nearest number of 28 digits", () => {
  const integer = fc.bigInt({ min: 1n, max: 10n ** 20n });
  fc.assert(
    fc.property(integer, integer, (dividend, divisor) => {
      const result = evaluate(`${dividend} / ${divisor}`);
      const [whole = "", fraction = ""] = result.split(".");
      const digits = `${whole}${fraction}`.replace(/^0+/, "");
      expect(digits.length).toBeLessThanOrEqual(QUOTIENT_DIGITS);
      // |result − dividend/divisor| ≤ half a unit of the 28th digit; all of it times divisor × 10^places of that digit.
      const padding = 10n ** BigInt(QUOTIENT_DIGITS - digits.length);
      const exact = dividend * padding * 10n ** BigInt(fraction.length);
      const difference = BigInt(whole + fraction) * padding * divisor - exact;
      expect(2n * (difference < 0n ? -difference : difference)).toBeLessThanOrEqual(divisor);
    }),
  );
});

test("precedence and associativity are those of arithmetic", () => {
  expect(evaluate("2 + 3 * 4 - 10 / 4")).toBe("11.5");
  expect(evaluate("100 - 10 - 1")).toBe("89");
  expect(evaluate("8 / 4 / 2")).toBe("1");
  expect(evaluate("-2 * -(3 + 1)")).toBe("8");
  expect(evaluate("10.00 / 4")).toBe("2.50");
  expect(evaluate("1,234,567.5")).toBe("1234567.5");
});

test("refuses what is no number: a zero divisor, misplaced commas, an open parenthesis, endless nesting", () => {
  expect(() => evaluate("1 / (2 - 2)")).toThrow("division by zero");
  expect(() => evaluate("1,23")).toThrow("commas");
  expect(() => evaluate("(1 + 2")).toThrow("closing parenthesis");
  expect(() => evaluate("1 +")).toThrow("expected a number");
  expect(() => evaluate(`${"(".repeat(5000)}1`)).toThrow("nested deeper");
});
