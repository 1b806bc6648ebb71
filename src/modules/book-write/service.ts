import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { findAnswer, keepAnswer, takeKey, type WriteKey } from "./repository.ts";

const keptDays = 30;

export interface KeyedWrite extends WriteKey {
  /** Method and path. */
  readonly route: string;
  /** SHA-256 of the canonical JSON of the body, in hex. */
  readonly bodyHash: string;
  readonly now: Date;
  /** The status that the route answers when it succeeds. */
  readonly status: number;
}

/**
 * Runs a write once for its key: the first time `run`'s answer is kept in the same transaction, and every time after
 * that it is given back, for 30 days. A write that is refused keeps nothing, and may run again under its key.
 * A repeat that comes while the first is under way waits for its end.
 *
 * @throws IDEMPOTENCY_KEY_REUSED when the key stands for another route or body; whatever `run` throws.
 */
export async function runOnce<Body>(
  tx: Tx,
  write: KeyedWrite,
  run: () => Promise<Body>,
): Promise<{ readonly body: Body; readonly replayed: boolean }> {
  const expired = new Date(write.now.getTime() - keptDays * 86_400_000);
  if (await takeKey(tx, write, { ...write, expired })) {
    const body = await run();
    await keepAnswer(tx, write, { status: write.status, body: toText(body) });
    return { body, replayed: false };
  }
  const kept = await findAnswer(tx, write);
  if (kept === null) throw new Error("an idempotency key was taken and had no answer");
  if (kept.route !== write.route || kept.body_hash !== write.bodyHash) throw new AppError("IDEMPOTENCY_KEY_REUSED");
  return { body: (kept.body === null ? null : JSON.parse(kept.body)) as Body, replayed: true };
}

/** A write without an answer gives undefined, and JSON has no word for it. */
function toText(body: unknown): string | null {
  return body === undefined || body === null ? null : JSON.stringify(body);
}
