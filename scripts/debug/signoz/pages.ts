import type { TimeRange } from "../model.ts";
import type { SigNozClient } from "./client.ts";
import { askQueryRange, type BuilderQuery } from "./query.ts";
import { type RawRow, rawResult } from "./schemas.ts";

/** Far below the 10,000 that a server takes: a row may have megabytes. */
const pageRows = 1_000;

/**
 * Reads up to `limit` rows, page by page. It counts rows, and never goes on from the time of the last one, so that rows
 * of one millisecond are not lost between pages. Rows that come in meanwhile may shift a page over the one before: a
 * row that was there already is left out.
 */
export async function readRows(
  client: SigNozClient,
  { query, range, limit }: { readonly query: BuilderQuery; readonly range: TimeRange; readonly limit: number },
  idOf: (row: RawRow) => string,
): Promise<readonly RawRow[]> {
  const rows = new Map<string, RawRow>();
  for (let offset = 0; rows.size < limit; ) {
    const page = { ...query, limit: Math.min(pageRows, limit), offset };
    const results = await askQueryRange(client, { requestType: "raw", range, queries: [page] }, rawResult);
    const found = results.get(query.name)?.rows ?? [];
    for (const row of found) {
      const id = row === null ? "" : idOf(row);
      if (row !== null && !rows.has(id)) rows.set(id, row);
    }
    offset += found.length;
    if (found.length < page.limit) break;
  }
  return [...rows.values()].slice(0, limit);
}
