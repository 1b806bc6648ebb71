import { and, asc, eq, sql } from "drizzle-orm";
import { prices } from "../../db/schema/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { columns, type PriceFact, type PriceRow } from "./repository.ts";

/** At most `limit` prices after a fact, by commodity, quote and date: whatever their ids are, in the order of one index. */
export function listPriceFacts(
  tx: Tx,
  bookId: string,
  page: { readonly limit: number; readonly after: PriceFact | null },
): Promise<PriceRow[]> {
  const { commodity, quote, date } = prices;
  const { after } = page;
  return tx.orm
    .select(columns)
    .from(prices)
    .where(
      and(
        eq(prices.bookId, bookId),
        after === null
          ? undefined
          : sql`(${commodity}, ${quote}, ${date}) > (${after.commodity}, ${after.quote}, ${after.date}::date)`,
      ),
    )
    .orderBy(asc(commodity), asc(quote), asc(date))
    .limit(page.limit);
}
