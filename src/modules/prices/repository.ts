import { and, desc, eq, gte, lte, sql } from "drizzle-orm";
import { prices } from "../../db/schema/index.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** What a price is a fact of. */
export interface PriceFact {
  readonly commodity: string;
  readonly quote: string;
  readonly date: string;
}

export interface PriceRow extends PriceFact {
  readonly id: string;
  readonly price: string;
  readonly source: string | null;
  readonly createdAt: Date;
}

export const columns = {
  id: prices.id,
  commodity: prices.commodity,
  quote: prices.quote,
  date: prices.date,
  price: prices.price,
  source: prices.source,
  createdAt: prices.createdAt,
};

/** A price that was recorded, or (null) that there is none any more. */
interface NewVersion extends PriceFact {
  readonly price: string | null;
  readonly source: string | null;
}

export interface PriceRecording {
  readonly bookId: string;
  readonly now: Date;
}

/**
 * Records prices, and corrects those of facts that are there, which keep their id and creation time. No fact twice.
 * Rows are locked in the order of their key, so that two calls wait for one another instead of deadlocking.
 */
export async function upsertPrices(tx: Tx, recording: PriceRecording, rows: readonly PriceRow[]): Promise<PriceRow[]> {
  const recorded = await tx.sql<PriceRow>`
    insert into ledger.prices (book_id, id, commodity, quote, date, price, source, created_at)
    select ${recording.bookId}, p.id, p.commodity, p.quote, p.date, p.price, p.source, p."createdAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p(
      id uuid, commodity text, quote text, date date, price numeric, source text, "createdAt" timestamptz)
    order by p.commodity, p.quote, p.date
    on conflict on constraint prices_fact_key do update set price = excluded.price, source = excluded.source
    returning id, commodity, quote, date, price, source, created_at as "createdAt"`;
  await insertVersions(tx, recording, rows);
  return recorded;
}

/** A statement after the one that locks the facts, so that it sees the versions which that one waited for. */
async function insertVersions(tx: Tx, { bookId, now }: PriceRecording, versions: readonly NewVersion[]): Promise<void> {
  await tx.sql`
    insert into ledger.price_versions (book_id, commodity, quote, date, version, recorded_xid, recorded_at, price, source)
    select ${bookId}, n.commodity, n.quote, n.date, 1 + coalesce((
        select max(v.version) from ledger.price_versions v
        where v.book_id = ${bookId} and v.commodity = n.commodity and v.quote = n.quote and v.date = n.date), 0),
      pg_current_xact_id(), ${now}, n.price, n.source
    from jsonb_to_recordset(${JSON.stringify(versions)}::jsonb) as n(
      commodity text, quote text, date date, price numeric, source text)`;
}

export interface PriceFilter {
  readonly commodity?: string | undefined;
  readonly quote?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Newest first; at most `limit` prices before the one that `before` names. */
export function listPrices(
  tx: Tx,
  bookId: string,
  filter: PriceFilter,
  page: { readonly limit: number; readonly before: { readonly date: string; readonly id: string } | null },
): Promise<PriceRow[]> {
  const { commodity, quote, date, id } = prices;
  return tx.orm
    .select(columns)
    .from(prices)
    .where(
      and(
        eq(prices.bookId, bookId),
        filter.commodity === undefined ? undefined : eq(commodity, filter.commodity),
        filter.quote === undefined ? undefined : eq(quote, filter.quote),
        filter.from === undefined ? undefined : gte(date, filter.from),
        filter.to === undefined ? undefined : lte(date, filter.to),
        page.before === null ? undefined : sql`(${date}, ${id}) < (${page.before.date}::date, ${page.before.id}::uuid)`,
      ),
    )
    .orderBy(desc(date), desc(id))
    .limit(page.limit);
}

export async function findLatestPrice(
  tx: Tx,
  query: { readonly bookId: string; readonly commodity: string; readonly quote: string; readonly date: string | null },
): Promise<PriceRow | null> {
  const [row] = await tx.orm
    .select(columns)
    .from(prices)
    .where(
      and(
        eq(prices.bookId, query.bookId),
        eq(prices.commodity, query.commodity),
        eq(prices.quote, query.quote),
        query.date === null ? undefined : lte(prices.date, query.date),
      ),
    )
    .orderBy(desc(prices.date))
    .limit(1);
  return row ?? null;
}

/** Whether there was such a price. That there is none any more is a version of its fact. */
export async function deletePrice(
  tx: Tx,
  { priceId, ...recording }: PriceRecording & { readonly priceId: string },
): Promise<boolean> {
  const [fact] = await tx.orm
    .delete(prices)
    .where(and(eq(prices.bookId, recording.bookId), eq(prices.id, priceId)))
    .returning({ commodity: prices.commodity, quote: prices.quote, date: prices.date });
  if (fact === undefined) return false;
  await insertVersions(tx, recording, [{ ...fact, price: null, source: null }]);
  return true;
}
