import type { Tx } from "../../foundation/db/index.ts";
import { type AccountResponse, listAccounts, toAccountResponse } from "../accounts/index.ts";
import { getBook } from "../books/index.ts";
import { type Commodity, listAllCommodities } from "../commodities/index.ts";
import {
  type EntryOrder,
  type EntryResponse,
  listDrafts,
  listRecordedEntries,
  toEntryResponse,
} from "../journal/index.ts";
import { knowledgeTokenOf } from "../knowledge/index.ts";
import { listClosesInOrder, type PeriodCloseResponse, toPeriodCloseResponse } from "../periods/index.ts";
import { listPriceFacts, type PriceFact, type PriceResponse, toPriceResponse } from "../prices/index.ts";

/** Which book, for whom, and when. */
export interface Exporting {
  readonly bookId: string;
  readonly userId: string;
  readonly now: Date;
}

export interface ExportHead {
  readonly book: { readonly id: string; readonly name: string };
  readonly exported: { readonly at: string; readonly knowledge: string };
}

/** Rows in memory at a time; of a page of entries, which may have many lines each. */
const pageRows = 1000;
const pageEntries = 200;

/** @throws NOT_FOUND */
export async function readHead(tx: Tx, { bookId, userId, now }: Exporting): Promise<ExportHead> {
  const [book, knowledge] = await Promise.all([getBook(tx, { bookId, userId }), knowledgeTokenOf(tx, null)]);
  return {
    book: { id: book.id, name: book.name },
    exported: { at: now.toISOString(), knowledge },
  };
}

/** The book's own commodities, by code. */
export function readCommodities(tx: Tx, bookId: string): AsyncGenerator<Commodity> {
  return pages(pageRows, (limit, last: Commodity | null) =>
    listAllCommodities(tx, { bookId, iso4217: false, limit, after: last?.code ?? null }),
  );
}

/** In the order of the tree. */
export async function* readAccounts(tx: Tx, bookId: string): AsyncGenerator<AccountResponse> {
  const rows = pages(pageRows, (limit, last: { path: string } | null) =>
    listAccounts(tx, bookId, {}, { limit, after: last?.path ?? null }),
  );
  for await (const row of rows) yield toAccountResponse(row);
}

/** By commodity, quote and date. */
export async function* readPrices(tx: Tx, bookId: string): AsyncGenerator<PriceResponse> {
  const rows = pages(pageRows, (limit, after: PriceFact | null) => listPriceFacts(tx, bookId, { limit, after }));
  for await (const row of rows) yield toPriceResponse(row);
}

/** The entries that count. */
export async function* readEntries(tx: Tx, bookId: string, order: EntryOrder): AsyncGenerator<EntryResponse> {
  const rows = pages(pageEntries, (limit, after: Awaited<ReturnType<typeof listRecordedEntries>>[number] | null) =>
    listRecordedEntries(tx, bookId, order, { limit, after }),
  );
  for await (const row of rows) yield toEntryResponse(row);
}

export async function* readDrafts(tx: Tx, bookId: string): AsyncGenerator<EntryResponse> {
  const rows = pages(pageEntries, (limit, last: { id: string } | null) =>
    listDrafts(tx, bookId, { limit, after: last?.id ?? null }),
  );
  for await (const row of rows) yield toEntryResponse(row);
}

/** Reopened ones too, in the order in which they were made. */
export async function* readPeriodCloses(tx: Tx, bookId: string): AsyncGenerator<PeriodCloseResponse> {
  const rows = pages(pageRows, (limit, last: { id: string } | null) =>
    listClosesInOrder(tx, bookId, { limit, after: last?.id ?? null }),
  );
  for await (const row of rows) yield toPeriodCloseResponse(row);
}

/** Row by row through keyset pages, of which one is in memory at a time. */
async function* pages<Row extends Place, Place>(
  limit: number,
  list: (limit: number, last: Place | null) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let last: Place | null = null; ; ) {
    const rows: readonly Row[] = await list(limit, last);
    yield* rows;
    last = rows.at(-1) ?? null;
    if (rows.length < limit) return;
  }
}
