import type { Tx } from "../../foundation/db/index.ts";

/** The day of the book's first entry that counts; null when it has none. */
export async function findFirstDay(tx: Tx, bookId: string): Promise<string | null> {
  const [row] = await tx.sql<{ date: string }>`
    select date from ledger.journal_entries where book_id = ${bookId} and status <> 'draft' order by date limit 1`;
  return row?.date ?? null;
}
