import { and, eq, sql } from "drizzle-orm";
import { commodities } from "../../db/schema/index.ts";
import type { Tx } from "../../foundation/db/index.ts";

export interface CommodityKey {
  readonly bookId: string;
  readonly code: string;
}

export interface CommodityRow {
  readonly code: string;
  readonly name: string | null;
  readonly places: number;
}

const columns = { code: commodities.code, name: commodities.name, places: commodities.places };

/** Codes are ASCII: the order of "C" is the program's own. */
const byCode = sql`${commodities.code} collate "C"`;

export async function insertCommodity(
  tx: Tx,
  commodity: CommodityKey & { readonly name: string | null; readonly places: number; readonly createdAt: Date },
): Promise<void> {
  await tx.orm.insert(commodities).values(commodity);
}

export async function findCommodity(tx: Tx, key: CommodityKey): Promise<CommodityRow | null> {
  const [row] = await tx.orm.select(columns).from(commodities).where(isCommodity(key));
  return row ?? null;
}

/** At most `limit` of the book's own commodities after the code `after`, by code. */
export function listCommodities(
  tx: Tx,
  page: { readonly bookId: string; readonly limit: number; readonly after: string | null },
): Promise<CommodityRow[]> {
  return tx.orm
    .select(columns)
    .from(commodities)
    .where(and(eq(commodities.bookId, page.bookId), page.after === null ? undefined : sql`${byCode} > ${page.after}`))
    .orderBy(byCode)
    .limit(page.limit);
}

export async function updateCommodityName(
  tx: Tx,
  key: CommodityKey,
  name: string | null,
): Promise<CommodityRow | null> {
  const [row] = await tx.orm.update(commodities).set({ name }).where(isCommodity(key)).returning(columns);
  return row ?? null;
}

export async function deleteCommodity(tx: Tx, key: CommodityKey): Promise<void> {
  await tx.orm.delete(commodities).where(isCommodity(key));
}

/** Locks the row against {@link lockCommoditiesInUse}; false when there is none. */
export async function lockCommodity(tx: Tx, key: CommodityKey): Promise<boolean> {
  const rows = await tx.orm.select({ code: commodities.code }).from(commodities).where(isCommodity(key)).for("update");
  return rows.length > 0;
}

/** Those of the codes that the book has a row for, kept from being deleted until the transaction ends. */
export async function lockCommoditiesInUse(tx: Tx, bookId: string, codes: readonly string[]): Promise<string[]> {
  const rows = await tx.sql<{ code: string }>`
    select code from ledger.commodities where book_id = ${bookId} and code = any(${codes}::text[])
    order by code for key share`;
  return rows.map((row) => row.code);
}

/** What refers to a commodity. */
export interface CommodityUse {
  readonly lines: boolean;
  readonly prices: boolean;
  readonly accounts: boolean;
}

export async function findCommodityUse(tx: Tx, { bookId, code }: CommodityKey): Promise<CommodityUse> {
  const [use] = await tx.sql<CommodityUse>`
    select
      exists (select from ledger.lines where book_id = ${bookId} and (commodity = ${code} or price_commodity = ${code})) as lines,
      exists (select from ledger.prices where book_id = ${bookId} and (commodity = ${code} or quote = ${code})) as prices,
      exists (select from ledger.accounts where book_id = ${bookId} and ${code} = any(commodities)) as accounts`;
  if (use === undefined) throw new Error("a select without from answered no row");
  return use;
}

function isCommodity(key: CommodityKey) {
  return and(eq(commodities.bookId, key.bookId), eq(commodities.code, key.code));
}
