import { and, asc, eq, gt } from "drizzle-orm";
import { periodCloses } from "../../db/schema/index.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** What the transaction sees, as the text of a `pg_snapshot`. */
export async function findKnowledge(tx: Tx): Promise<string> {
  const [row] = await tx.sql<{ knowledge: string }>`select ledger.knowledge()::text as knowledge`;
  if (row === undefined) throw new Error("a select without from answered no row");
  return row.knowledge;
}

/** The day of the book's first entry that counts; null when it has none. */
export async function findFirstDay(tx: Tx, bookId: string): Promise<string | null> {
  const [row] = await tx.sql<{ date: string }>`
    select date from ledger.journal_entries where book_id = ${bookId} and status <> 'draft' order by date limit 1`;
  return row?.date ?? null;
}

export type PeriodCloseRow = typeof periodCloses.$inferSelect;

/** At most `limit` closings after the id `after`, reopened ones too, in the order in which they were made. */
export function listPeriodCloses(
  tx: Tx,
  bookId: string,
  page: { readonly limit: number; readonly after: string | null },
): Promise<PeriodCloseRow[]> {
  const { id } = periodCloses;
  return tx.orm
    .select()
    .from(periodCloses)
    .where(and(eq(periodCloses.bookId, bookId), page.after === null ? undefined : gt(id, page.after)))
    .orderBy(asc(id))
    .limit(page.limit);
}
