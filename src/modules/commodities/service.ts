import { findCurrency, isCurrentCurrency, listCurrencies } from "../../domain/currency.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { FieldFault } from "../../foundation/errors/app-error.ts";
import {
  type CommodityKey,
  type CommodityRow,
  deleteCommodity,
  findCommodity,
  findCommodityUse,
  insertCommodity,
  listCommodities,
  lockCommoditiesInUse,
  lockCommodity,
  updateCommodityName,
} from "./repository.ts";

/** A currency of ISO 4217, built in, or one of the book's own commodities. `places` is 0 to 18. */
export interface Commodity extends CommodityRow {
  readonly iso4217: boolean;
}

/**
 * Adds a commodity to the book.
 * @throws COMMODITY_EXISTS when the book has the code, or ISO 4217 does.
 */
export async function createCommodity(
  tx: Tx,
  input: CommodityKey & { readonly name: string | null; readonly places: number; readonly now: Date },
): Promise<Commodity> {
  const { bookId, code, name, places, now } = input;
  if (isCurrentCurrency(code)) {
    throw new AppError("COMMODITY_EXISTS", { detail: `${code} is a currency of ISO 4217 and built in.` });
  }
  await insertCommodity(tx, { bookId, code, name, places, createdAt: now });
  return { code, name, places, iso4217: false };
}

/** @throws NOT_FOUND when neither ISO 4217 nor the book has the code. */
export async function getCommodity(tx: Tx, key: CommodityKey): Promise<Commodity> {
  const currency = findCurrency(key.code);
  if (currency !== null) return { ...currency, iso4217: true };
  const own = await findCommodity(tx, key);
  if (own === null) throw commodityNotFound();
  return { ...own, iso4217: false };
}

/**
 * At most `limit` commodities after the code `after`, sorted by code: ISO 4217's and the book's own, or those of one kind.
 * Where both have a code (the standard adds some), ISO's stands.
 */
export async function listAllCommodities(
  tx: Tx,
  query: {
    readonly bookId: string;
    readonly iso4217: boolean | null;
    readonly limit: number;
    readonly after: string | null;
  },
): Promise<Commodity[]> {
  const own = query.iso4217 === true ? [] : await listCommodities(tx, query);
  const merged = new Map(own.map((commodity) => [commodity.code, { ...commodity, iso4217: false }]));
  for (const currency of query.iso4217 === false ? [] : listCurrencies()) {
    if (query.after === null || currency.code > query.after) merged.set(currency.code, { ...currency, iso4217: true });
  }
  return [...merged.values()].sort((left, right) => (left.code < right.code ? -1 : 1)).slice(0, query.limit);
}

/**
 * Changes the name of one of the book's own commodities; null removes it.
 * @throws NOT_FOUND; COMMODITY_EXISTS when ISO 4217 defines the code.
 */
export async function renameCommodity(
  tx: Tx,
  { name, ...key }: CommodityKey & { readonly name: string | null },
): Promise<Commodity> {
  assertOwn(key.code);
  const own = await updateCommodityName(tx, key, name);
  if (own === null) throw commodityNotFound();
  return { ...own, iso4217: false };
}

/**
 * Removes one of the book's own commodities that nothing refers to.
 *
 * The row is locked before its uses are looked for, and whoever is about to refer to it holds a lock of its own
 * ({@link assertCommoditiesKnown}): they wait for one another.
 * @throws NOT_FOUND; COMMODITY_IN_USE when a line, a price or an account's list has it; COMMODITY_EXISTS when ISO 4217
 *   defines the code.
 */
export async function removeCommodity(tx: Tx, key: CommodityKey): Promise<void> {
  assertOwn(key.code);
  if (!(await lockCommodity(tx, key))) throw commodityNotFound();
  const use = await findCommodityUse(tx, key);
  const users = [use.lines && "lines", use.prices && "prices", use.accounts && "accounts"].filter(
    (user) => user !== false,
  );
  if (users.length > 0) {
    throw new AppError("COMMODITY_IN_USE", { detail: `${key.code} is in use by ${users.join(" and ")} of the book.` });
  }
  await deleteCommodity(tx, key);
}

/** A code and where the request names it (RFC 6901). */
export interface NamedCommodity {
  readonly code: string;
  readonly pointer: string;
}

/**
 * Guarantees that each code is a current currency or a commodity of the book, and that the book's own stay until the
 * transaction ends.
 * @throws COMMODITY_UNKNOWN with each unknown one in `errors[]`.
 */
export async function assertCommoditiesKnown(tx: Tx, bookId: string, named: readonly NamedCommodity[]): Promise<void> {
  const others = named.filter(({ code }) => !isCurrentCurrency(code));
  if (others.length === 0) return;
  const own = new Set(await lockCommoditiesInUse(tx, bookId, [...new Set(others.map(({ code }) => code))]));
  const unknown = others.filter(({ code }) => !own.has(code));
  if (unknown.length > 0) throw commoditiesUnknown(unknown);
}

/**
 * Guarantees that the code is a current currency or a commodity of the book, for a transaction that only reads.
 * @throws COMMODITY_UNKNOWN
 */
export async function assertCommodityExists(tx: Tx, bookId: string, named: NamedCommodity): Promise<void> {
  if (isCurrentCurrency(named.code) || (await findCommodity(tx, { bookId, code: named.code })) !== null) return;
  throw commoditiesUnknown([named]);
}

function commoditiesUnknown(unknown: readonly NamedCommodity[]) {
  const fields: FieldFault[] = unknown.map(({ code, pointer }) => ({
    pointer,
    detail: `the book has no commodity ${code}`,
    error_id: "COMMODITY_UNKNOWN",
  }));
  const [first] = fields;
  return new AppError("COMMODITY_UNKNOWN", { detail: `${first?.pointer}: ${first?.detail}`, fields });
}

function assertOwn(code: string): void {
  if (!isCurrentCurrency(code)) return;
  throw new AppError("COMMODITY_EXISTS", {
    detail: `${code} is a currency of ISO 4217: built in, it can be neither changed nor deleted.`,
  });
}

function commodityNotFound() {
  return new AppError("NOT_FOUND", { detail: "There is no such commodity." });
}
