import { formatKnowledge, isWithinSnapshot, type Knowledge, type Seen } from "../../domain/knowledge.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { selectSeen } from "./repository.ts";

/**
 * The token of what an answer knew: asked for again as `known_at`, it gives the same answer. `tx` only reads.
 * @throws KNOWLEDGE_LOST as {@link getSeen}.
 */
export async function knowledgeTokenOf(tx: Tx, knownAt: Knowledge | null): Promise<string> {
  return formatKnowledge(toSeen(knownAt, await getSeen(tx, [knownAt])));
}

/** A point of knowledge (null: now) with what had been committed: where it does not say, what is seen now. */
export function toSeen(knowledge: Knowledge | null, now: Seen): Knowledge & Seen {
  if (knowledge === null) return { ...now, at: null };
  return knowledge.snapshot === null ? { ...now, at: knowledge.at } : knowledge;
}

/**
 * What `tx` sees, where the points of knowledge that are asked for can be compared with it.
 * @throws KNOWLEDGE_LOST for a token of another era, and for one of what is not here any more.
 */
export async function getSeen(tx: Tx, asked: readonly (Knowledge | null)[]): Promise<Seen> {
  const seen = await selectSeen(tx);
  for (const knowledge of asked) {
    if (knowledge === null || knowledge.snapshot === null) continue;
    if (knowledge.era !== seen.era || !isWithinSnapshot(knowledge.snapshot, seen.snapshot)) {
      throw new AppError("KNOWLEDGE_LOST");
    }
  }
  return seen;
}
