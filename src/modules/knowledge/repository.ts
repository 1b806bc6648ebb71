import type { Seen } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** What the transaction sees: one snapshot throughout where it only reads. */
export async function selectSeen(tx: Tx): Promise<Seen> {
  const [row] = await tx.sql<Seen>`select pg_current_snapshot()::text as snapshot, ledger.era() as era`;
  if (row === undefined) throw new Error("a select without from answered no row");
  return row;
}
