import type { Tx } from "../../foundation/db/index.ts";

/** What the transaction sees: one snapshot throughout where it only reads. */
export async function selectSnapshot(tx: Tx): Promise<string> {
  const [row] = await tx.sql<{ snapshot: string }>`select pg_current_snapshot()::text as snapshot`;
  if (row === undefined) throw new Error("a select without from answered no row");
  return row.snapshot;
}
