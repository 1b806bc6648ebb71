import { type Amount, type Decimal, isZero, multiply, ZERO } from "../../domain/decimal.ts";
import type { Money } from "../../domain/money.ts";

/** An amount to be valued at the price of a day; null: at the last one there is. */
export interface DatedMoney extends Money {
  readonly on: string | null;
}

export interface UsedPrice {
  readonly commodity: string;
  readonly quote: string;
  readonly date: string;
  readonly price: Amount;
  readonly source: string | null;
}

export interface MissingPrice {
  readonly commodity: string;
  readonly quote: string;
  /** The day on or before which there is none. */
  readonly date: string | null;
}

/** What amounts are worth in another commodity, exactly, and by which prices. */
export interface Valuation {
  /** Null: no value was asked for, and every one is null. */
  readonly totalIn: string | null;
  /** Each once, by commodity and date. */
  readonly prices: readonly UsedPrice[];
  readonly missing: readonly MissingPrice[];
  /** Null where the price is missing. Zero is worth zero, and the commodity itself its amount, without any price. */
  readonly valueOf: (money: DatedMoney) => Decimal | null;
}

export const noValuation: Valuation = { totalIn: null, prices: [], missing: [], valueOf: () => null };

/** Whether an amount's value takes a price. */
export function needsPrice({ commodity, amount }: Money, totalIn: string): boolean {
  return commodity !== totalIn && !isZero(amount);
}

/** @param found - the price of each commodity and day that {@link priceKeyOf} names, where there is one */
export function valuationOf(
  totalIn: string,
  wanted: readonly { readonly commodity: string; readonly on: string | null }[],
  found: ReadonlyMap<string, UsedPrice>,
): Valuation {
  const used = new Map(
    wanted.flatMap((pair) => priceOf(pair)).map((price) => [`${price.commodity} ${price.date}`, price]),
  );
  const missing = wanted
    .filter((pair) => !found.has(priceKeyOf(pair)))
    .map(({ commodity, on }) => ({ commodity, quote: totalIn, date: on }));
  return {
    totalIn,
    prices: [...used.values()].toSorted(byCommodityAndDate),
    missing: missing.toSorted(byCommodityAndDate),
    valueOf: (money) => {
      if (money.commodity === totalIn) return money.amount;
      if (isZero(money.amount)) return ZERO;
      const price = found.get(priceKeyOf(money));
      return price === undefined ? null : multiply(money.amount, price.price);
    },
  };

  function priceOf(pair: { readonly commodity: string; readonly on: string | null }): UsedPrice[] {
    const price = found.get(priceKeyOf(pair));
    return price === undefined ? [] : [price];
  }
}

export function priceKeyOf({ commodity, on }: { readonly commodity: string; readonly on: string | null }): string {
  return `${commodity} ${on ?? ""}`;
}

function byCommodityAndDate(
  left: { readonly commodity: string; readonly date: string | null },
  right: { readonly commodity: string; readonly date: string | null },
): number {
  const [before, after] = [`${left.commodity} ${left.date ?? ""}`, `${right.commodity} ${right.date ?? ""}`];
  return before < after ? -1 : before > after ? 1 : 0;
}
