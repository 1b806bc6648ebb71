import { formatKnowledge, type Knowledge, type Seen } from "../../domain/knowledge.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { selectSeen } from "./repository.ts";

/**
 * The token of what an answer knew: that which it was asked for, and otherwise of all that had been committed when `tx`,
 * which only reads, began.
 * @throws KNOWLEDGE_LOST as {@link getSeen}.
 */
export async function knowledgeTokenOf(tx: Tx, knownAt: Knowledge | null): Promise<string> {
  const seen = await getSeen(tx, [knownAt]);
  return formatKnowledge(knownAt?.at === null ? knownAt : seen);
}

/**
 * What `tx` sees, where the points of knowledge that are asked for can be compared with it.
 * @throws KNOWLEDGE_LOST for a token of another era.
 */
export async function getSeen(tx: Tx, asked: readonly (Knowledge | null)[]): Promise<Seen> {
  const seen = await selectSeen(tx);
  if (asked.some((knowledge) => knowledge?.at === null && knowledge.era !== seen.era)) {
    throw new AppError("KNOWLEDGE_LOST");
  }
  return seen;
}
