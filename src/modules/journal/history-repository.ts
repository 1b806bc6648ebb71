import { and, asc, eq, sql } from "drizzle-orm";
import { journalEntries } from "../../db/schema/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { type EntryRow, entryColumns } from "./repository.ts";

/** Where a posted entry stands in the history of the book. */
export interface RecordedPlace {
  readonly date: string;
  readonly recordedXid: string;
  readonly id: string;
}

/** By their posting, or by their date and then by that. */
export type EntryOrder = "recorded" | "dated";

const { bookId: book, date, id, recordedXid, status } = journalEntries;

/** Written out: a parameter would keep a prepared plan from the indexes of what counts. */
const counts = sql`${status} <> 'draft'`;

/** At most `limit` entries that count, after the one that `after` names: what each reverses comes before it in both orders. */
export function listRecordedEntries(
  tx: Tx,
  bookId: string,
  order: EntryOrder,
  page: { readonly limit: number; readonly after: RecordedPlace | null },
): Promise<(EntryRow & RecordedPlace)[]> {
  const byDate = order === "dated";
  return tx.orm
    .select({ ...entryColumns, recordedXid })
    .from(journalEntries)
    .where(and(eq(book, bookId), counts, page.after === null ? undefined : isAfter(page.after, byDate)))
    .orderBy(...(byDate ? [asc(date)] : []), asc(recordedXid), asc(id))
    .limit(page.limit);
}

/** At most `limit` drafts after the id `after`, in the order in which they were made. */
export function listDrafts(
  tx: Tx,
  bookId: string,
  page: { readonly limit: number; readonly after: string | null },
): Promise<EntryRow[]> {
  return tx.orm
    .select(entryColumns)
    .from(journalEntries)
    .where(
      and(
        eq(book, bookId),
        sql`${status} = 'draft'`,
        page.after === null ? undefined : sql`${id} > ${page.after}::uuid`,
      ),
    )
    .orderBy(asc(id))
    .limit(page.limit);
}

/** The first bound of each is one that an index has. */
function isAfter(after: RecordedPlace, byDate: boolean) {
  const recorded = sql`(${recordedXid}, ${id}) > (${after.recordedXid}::xid8, ${after.id}::uuid)`;
  if (!byDate) return sql`${recordedXid} >= ${after.recordedXid}::xid8 and ${recorded}`;
  return sql`${date} >= ${after.date}::date and (${date} > ${after.date}::date or ${recorded})`;
}
