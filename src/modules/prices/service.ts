import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { assertCommoditiesKnown } from "../commodities/index.ts";
import { deletePrice, findLatestPrice, type PriceFact, type PriceRow, upsertPrices } from "./repository.ts";

export { listPriceFacts } from "./fact-repository.ts";
export { listPrices, type PriceFact, type PriceFilter, type PriceRow } from "./repository.ts";

/** A price as a caller tells it, with the id that it has if its fact is new. */
export interface ToldPrice extends PriceFact {
  readonly id: string;
  /** A positive decimal: at most 20 integer digits and 18 places. */
  readonly price: string;
  readonly source?: string | undefined;
}

interface Recording {
  readonly bookId: string;
  readonly now: Date;
}

/**
 * Records what a commodity cost on a day, or corrects it where the book has a price of that commodity, quote and date:
 * the corrected one keeps its id and creation time.
 * @throws COMMODITY_UNKNOWN at `/commodity` and `/quote`.
 */
export async function recordPrice(
  tx: Tx,
  { price, ...recording }: Recording & { readonly price: ToldPrice },
): Promise<PriceRow> {
  const [recorded] = await record(tx, recording, [price], () => "");
  if (recorded === undefined) throw new Error("one price was recorded and none came back");
  return recorded;
}

/**
 * Records or corrects prices, all or none, in one statement.
 * @param input - `prices`: 1 to 1,000, no fact twice
 * @returns them in the order of the input
 * @throws COMMODITY_UNKNOWN at `/prices/{index}/commodity` and `/prices/{index}/quote`.
 */
export function recordPrices(
  tx: Tx,
  { prices, ...recording }: Recording & { readonly prices: readonly ToldPrice[] },
): Promise<PriceRow[]> {
  return record(tx, recording, prices, (index) => `/prices/${index}`);
}

/**
 * The price of the last day, up to and including `date`, that has one; null looks at every day.
 * @throws NOT_FOUND when no day has.
 */
export async function getLatestPrice(
  tx: Tx,
  query: { readonly bookId: string; readonly commodity: string; readonly quote: string; readonly date: string | null },
): Promise<PriceRow> {
  const price = await findLatestPrice(tx, query);
  if (price !== null) return price;
  const upTo = query.date === null ? "" : ` on or before ${query.date}`;
  throw new AppError("NOT_FOUND", { detail: `There is no price of ${query.commodity} in ${query.quote}${upTo}.` });
}

/** @throws NOT_FOUND when the book has no such price. */
export async function removePrice(
  tx: Tx,
  key: { readonly bookId: string; readonly priceId: string; readonly now: Date },
): Promise<void> {
  if (!(await deletePrice(tx, key))) throw new AppError("NOT_FOUND", { detail: "There is no such price." });
}

async function record(
  tx: Tx,
  { bookId, now }: Recording,
  told: readonly ToldPrice[],
  pointerOf: (index: number) => string,
): Promise<PriceRow[]> {
  await assertCommoditiesKnown(
    tx,
    bookId,
    told.flatMap(({ commodity, quote }, index) => [
      { code: commodity, pointer: `${pointerOf(index)}/commodity` },
      { code: quote, pointer: `${pointerOf(index)}/quote` },
    ]),
  );
  const rows = told.map((price) => ({ ...price, source: price.source ?? null, createdAt: now }));
  const recorded = new Map((await upsertPrices(tx, { bookId, now }, rows)).map((row) => [factOf(row), row]));
  return told.map((price) => {
    const row = recorded.get(factOf(price));
    if (row === undefined) throw new Error(`no price came back for ${factOf(price)}`);
    return row;
  });
}

function factOf({ commodity, quote, date }: PriceFact): string {
  return `${commodity} ${quote} ${date}`;
}
