import type { Knowledge } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** A commodity to be priced on a day; null: on the last day that has a price. */
export interface WantedPrice {
  readonly commodity: string;
  readonly on: string | null;
}

export interface FoundPrice extends WantedPrice {
  /** The day that the price is a fact of. */
  readonly date: string;
  readonly price: string;
  readonly source: string | null;
}

export interface PriceSearch {
  readonly bookId: string;
  readonly quote: string;
  readonly knownAt: Knowledge | null;
}

/** The latest price on or before each day, as known at the point of knowledge (null: now). None where there is none. */
export function selectPricesOn(tx: Tx, search: PriceSearch, wanted: readonly WantedPrice[]): Promise<FoundPrice[]> {
  return search.knownAt === null ? selectPrices(tx, search, wanted) : selectKnownPrices(tx, search, wanted);
}

function selectPrices(tx: Tx, { bookId, quote }: PriceSearch, wanted: readonly WantedPrice[]): Promise<FoundPrice[]> {
  return tx.sql<FoundPrice>`
    select w.commodity, w."on", found.date, found.price::text as price, found.source
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(commodity text, "on" date)
    cross join lateral (
      select p.date, p.price, p.source from ledger.prices p
      where p.book_id = ${bookId} and p.commodity = w.commodity and p.quote = ${quote}
        and p.date <= coalesce(w."on", 'infinity')
      order by p.date desc limit 1
    ) as found`;
}

function selectKnownPrices(
  tx: Tx,
  { bookId, quote, knownAt }: PriceSearch,
  wanted: readonly WantedPrice[],
): Promise<FoundPrice[]> {
  return tx.sql<FoundPrice>`
    select w.commodity, w."on", found.date, found.price::text as price, found.source
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(commodity text, "on" date)
    cross join lateral (
      select known.date, known.price, known.source
      from (
        select distinct on (v.date) v.date, v.price, v.source from ledger.price_versions v
        where v.book_id = ${bookId} and v.commodity = w.commodity and v.quote = ${quote}
          and v.date <= coalesce(w."on", 'infinity')
          and ledger.was_known(v.recorded_at, v.recorded_xid, ${knownAt?.at ?? null}::timestamptz, ${knownAt?.snapshot ?? null}::pg_snapshot)
        order by v.date desc, v.version desc
      ) as known
      where known.price is not null
      order by known.date desc limit 1
    ) as found`;
}
