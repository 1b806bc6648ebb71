import { formatAmount, parseAmount } from "../../domain/decimal.ts";
import type { Knowledge } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { type FoundPrice, selectPricesOn } from "./valuation-repository.ts";
import {
  type DatedMoney,
  needsPrice,
  noValuation,
  priceKeyOf,
  type UsedPrice,
  type Valuation,
  valuationOf,
} from "./valuation-rules.ts";

export type { DatedMoney, Valuation } from "./valuation-rules.ts";

/**
 * Finds what amounts are worth in another commodity: by facts of exactly that pair, the latest on or before the day of
 * each, as known at the point of knowledge (null: now). Never by an inverse or through a third commodity, which would round.
 * @param query - `totalIn` null: nothing is valued, and nothing read
 */
export async function valueAmounts(
  tx: Tx,
  query: { readonly bookId: string; readonly totalIn: string | null; readonly knownAt: Knowledge | null },
  amounts: readonly DatedMoney[],
): Promise<Valuation> {
  const { bookId, totalIn, knownAt } = query;
  if (totalIn === null) return noValuation;
  const pairs = amounts.filter((money) => needsPrice(money, totalIn)).map(({ commodity, on }) => ({ commodity, on }));
  const wanted = [...new Map(pairs.map((pair) => [priceKeyOf(pair), pair])).values()];
  const rows = wanted.length === 0 ? [] : await selectPricesOn(tx, { bookId, quote: totalIn, knownAt }, wanted);
  return valuationOf(totalIn, wanted, new Map(rows.map((row) => [priceKeyOf(row), toUsedPrice(row, totalIn)])));
}

function toUsedPrice({ commodity, date, price, source }: FoundPrice, quote: string): UsedPrice {
  const exact = parseAmount(formatAmount(price, 0));
  if (exact === null) throw new Error(`the price of ${commodity} in ${quote} on ${date} is no amount`);
  return { commodity, quote, date, price: exact, source };
}
