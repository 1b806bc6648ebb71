import { formatSnapshot, type Knowledge } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { selectSnapshot } from "./repository.ts";

/**
 * The token of what an answer knew: that which it was asked for, and otherwise of all that had been committed when `tx`,
 * which only reads, began.
 */
export async function knowledgeTokenOf(tx: Tx, knownAt: Knowledge | null): Promise<string> {
  return formatSnapshot(knownAt?.snapshot ?? (await selectSnapshot(tx)));
}
