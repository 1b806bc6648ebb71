import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Amount } from "../../src/domain/decimal.ts";
import { imbalancesOf, type ProposedLine, precisionFaultsOf, type Side, weightOf } from "../../src/domain/posting.ts";
import { amountOf, amounts, scaled, unscaled } from "./scaled-bigint.ts";

const commodities = fc.constantFrom("EUR", "JPY", "USD", "VBMPX");
const positive = (bounds?: { digitsMax: number; placesMax: number }) =>
  amounts(bounds).filter((text) => scaled(text) > 0n);
const opposite = (side: Side): Side => (side === "debit" ? "credit" : "debit");

/** A weight by the reference arithmetic alone, times 10^36. */
function scaledWeight({ amount, price }: ProposedLine): bigint {
  return price ? (scaled(amount) * scaled(price.amount)) / 10n ** 36n : scaled(amount);
}

const lines: fc.Arbitrary<ProposedLine> = fc.record({
  side: fc.constantFrom<Side>("debit", "credit"),
  amount: amounts(),
  commodity: commodities,
  price: fc.option(fc.record({ amount: positive(), commodity: commodities })),
});

/** Lines that balance although no two need be equal: an amount is countered in two parts, or by its weight. */
const balancedEntries: fc.Arbitrary<ProposedLine[]> = fc
  .array(fc.oneof(lines.chain(counteredInParts), counteredByWeight()), { minLength: 1, maxLength: 10 })
  .chain((groups) => fc.shuffledSubarray(groups.flat(), { minLength: groups.flat().length }));

function counteredInParts(line: ProposedLine): fc.Arbitrary<ProposedLine[]> {
  const whole = scaled(line.amount) / 10n ** 18n;
  const part = (units: bigint) => ({ ...line, side: opposite(line.side), amount: amountOf(unscaled(units, 18)) });
  return fc.bigInt({ min: 0n, max: whole }).map((units) => [line, part(units), part(whole - units)]);
}

function counteredByWeight(): fc.Arbitrary<ProposedLine[]> {
  const small = { digitsMax: 10, placesMax: 9 };
  return fc
    .record({ amount: amounts(small), price: positive(small), from: commodities, to: commodities })
    .map(({ amount, price, from, to }) => {
      const priced: ProposedLine = { side: "debit", amount, commodity: from, price: { amount: price, commodity: to } };
      return [priced, { side: "credit", amount: amountOf(unscaled(scaledWeight(priced))), commodity: to }];
    });
}

/** The amount with one of its digits changed into another, still an amount. */
function withDigitChanged(amount: Amount, place: number, shift: number): Amount {
  const digits = [...amount.matchAll(/\d/g)].map(({ index }) => index);
  const at = digits[place % digits.length] ?? 0;
  const changed = (by: number) => amount.slice(0, at) + ((Number(amount[at]) + by) % 10) + amount.slice(at + 1);
  const text = changed(shift);
  return amountOf(/^0\d/.test(text) ? changed((shift % 9) + 1) : text);
}

describe("weights", () => {
  test("are the amount times its price in the price's commodity, or the amount itself, exactly", () => {
    fc.assert(
      fc.property(lines, (line) => {
        expect<{ amount: string; commodity: string }>(weightOf(line)).toEqual({
          amount: unscaled(scaledWeight(line)),
          commodity: line.price?.commodity ?? line.commodity,
        });
      }),
    );
  });
});

describe("the balance rule", () => {
  test("finds nothing in an entry that balances", () => {
    fc.assert(fc.property(balancedEntries, (entry) => expect(imbalancesOf(entry)).toEqual([])));
  });

  test("finds any single digit changed, in one commodity and to the exact difference", () => {
    fc.assert(
      fc.property(balancedEntries, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 9 }), (entry, pick, place, shift) => {
        const index = pick % entry.length;
        const line = entry[index] ?? expect.unreachable();
        const changed = { ...line, amount: withDigitChanged(line.amount, place, shift) };
        const excess = scaledWeight(changed) - scaledWeight(line);
        const found = imbalancesOf(entry.with(index, changed));
        expect(found.map(({ commodity }) => commodity)).toEqual([line.price?.commodity ?? line.commodity]);
        expect(found.map(({ difference }) => scaled(difference))).toEqual([line.side === "debit" ? excess : -excess]);
      }),
    );
  });

  test("reports each commodity that differs, sorted, with both sums and debit − credit", () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 20 }), (entry) => {
        const codes = [...new Set(entry.map((line) => line.price?.commodity ?? line.commodity))].sort();
        const sumOf = (code: string, side: Side) =>
          entry
            .filter((line) => line.side === side && (line.price?.commodity ?? line.commodity) === code)
            .reduce((sum, line) => sum + scaledWeight(line), 0n);
        const expected = codes
          .map((commodity) => ({ commodity, debit: sumOf(commodity, "debit"), credit: sumOf(commodity, "credit") }))
          .filter(({ debit, credit }) => debit !== credit)
          .map(({ commodity, debit, credit }) => ({
            commodity,
            debit: unscaled(debit),
            credit: unscaled(credit),
            difference: unscaled(debit - credit),
          }));
        expect<unknown[]>(imbalancesOf(entry)).toEqual(expected);
      }),
    );
  });

  test("has no tolerance: the smallest difference there can be is one", () => {
    const price = { amount: amountOf(`0.${"1".padStart(18, "0")}`), commodity: "USD" };
    const smallest: ProposedLine = { side: "debit", amount: price.amount, commodity: "EUR", price };
    expect<unknown[]>(imbalancesOf([smallest])).toEqual([
      { commodity: "USD", debit: `0.${"1".padStart(36, "0")}`, credit: "0", difference: `0.${"1".padStart(36, "0")}` },
    ]);
  });
});

describe("precision", () => {
  const places: Record<string, number> = { JPY: 0, USD: 2, KWD: 3, BTC: 8, XAU: 18 };
  const placesOf = (commodity: string) => places[commodity] ?? null;
  const faultsOf = (line: Omit<ProposedLine, "side">) =>
    precisionFaultsOf({ side: "debit", ...line }, placesOf).map(({ kind, pointer }) => `${kind} ${pointer}`);

  test("an amount has the places of its commodity at the most, as written", () => {
    fc.assert(
      fc.property(amounts(), fc.constantFrom(...Object.keys(places)), (amount, commodity) => {
        const scale = amount.split(".")[1]?.length ?? 0;
        expect(faultsOf({ amount, commodity })).toEqual(
          scale > (places[commodity] ?? 0) ? ["too_many_places /amount"] : [],
        );
      }),
    );
    expect(faultsOf({ amount: amountOf("100.00"), commodity: "JPY" })).toEqual(["too_many_places /amount"]);
  });

  test("a rounding line is smaller than one minor unit, of any number of places", () => {
    fc.assert(
      fc.property(
        amounts({ digitsMax: 1, placesMax: 18 }),
        fc.constantFrom(...Object.keys(places)),
        (amount, commodity) => {
          const small = scaled(amount) * 10n ** BigInt(places[commodity] ?? 0) < 10n ** 36n;
          expect(faultsOf({ amount, commodity, rounding: true })).toEqual(small ? [] : ["rounding_too_large /amount"]);
        },
      ),
    );
    expect(faultsOf({ amount: amountOf("0.01"), commodity: "USD", rounding: true })).toEqual([
      "rounding_too_large /amount",
    ]);
    expect(faultsOf({ amount: amountOf("0.009999"), commodity: "USD", rounding: true })).toEqual([]);
    expect(faultsOf({ amount: amountOf("0.999"), commodity: "JPY", rounding: true })).toEqual([]);
  });

  test("a unit price is greater than zero and has places of its own, and a rounding line has none", () => {
    const amount = amountOf("0.001");
    const price = (text: string) => ({ amount: amountOf(text), commodity: "JPY" });
    expect(faultsOf({ amount, commodity: "BTC", price: price("0.000000000000000001") })).toEqual([]);
    expect(faultsOf({ amount, commodity: "BTC", price: price("0.00") })).toEqual(["price_not_positive /price/amount"]);
    expect(faultsOf({ amount, commodity: "USD", price: price("1"), rounding: true })).toEqual([
      "rounding_with_price /price",
    ]);
  });

  test("unknown commodities are faults, the line's and the price's, and nothing stops at the first", () => {
    const price = { amount: amountOf("0"), commodity: "NOPE" };
    expect(faultsOf({ amount: amountOf("1.234567"), commodity: "NONE", price, rounding: true })).toEqual([
      "unknown_commodity /commodity",
      "rounding_with_price /price",
      "price_not_positive /price/amount",
      "unknown_commodity /price/commodity",
    ]);
  });

  test("says for people what is wrong", () => {
    const line: ProposedLine = { side: "debit", amount: amountOf("12.5"), commodity: "JPY" };
    expect(precisionFaultsOf(line, placesOf).map(({ detail }) => detail)).toEqual([
      "12.5 has more decimal places (1) than JPY allows (0).",
    ]);
  });
});
