import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  type EnteringWrite,
  enterWrites,
  findAnswer,
  keepAnswer,
  keepAnswers,
  takeKey,
  type WriteKey,
} from "./repository.ts";

const keptMs = 30 * 86_400_000;

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
  const expired = new Date(write.now.getTime() - keptMs);
  if (await takeKey(tx, write, { ...write, expired })) {
    const body = await run();
    // Not waited for: it goes out along with COMMIT, which fails with it.
    void keepAnswer(tx, write, { status: write.status, body: toText(body) });
    return { body, replayed: false };
  }
  const kept = await findAnswer(tx, write);
  if (kept === null) throw new Error("an idempotency key was taken and had no answer");
  if (kept.route !== write.route || kept.body_hash !== write.bodyHash) throw new AppError("IDEMPOTENCY_KEY_REUSED");
  return { body: (kept.body === null ? null : JSON.parse(kept.body)) as Body, replayed: true };
}

/** A write that shares its transaction with others. */
export interface SharedBookWrite<Payload> extends Omit<EnteringWrite, "keyed"> {
  readonly bookId: string;
  readonly keyed: KeyedWrite | null;
  readonly payload: Payload;
}

/**
 * {@link runOnce} for several writes to one book at once. A write whose user may not do it, whose key was used before or which
 * `apply` gives null for is not done, and its key stays free: its result is null.
 *
 * @param apply - does writes by their payloads: what each is to be answered, or null
 */
export async function runEachOnce<Payload, Body>(
  tx: Tx,
  writes: readonly SharedBookWrite<Payload>[],
  apply: (payloads: readonly Payload[]) => Promise<readonly (Body | null)[]>,
): Promise<({ readonly body: Body; readonly replayed: boolean } | null)[]> {
  const bookId = writes[0]?.bookId ?? "";
  const latest = Math.max(...writes.map(({ keyed }) => keyed?.now.getTime() ?? 0));
  const places = await enterWrites(tx, bookId, { writes, expired: new Date(latest - keptMs) });
  const entered = places.flatMap((place) => writes[place] ?? []);
  const bodies = entered.length === 0 ? [] : await apply(entered.map(({ payload }) => payload));
  const kept = entered.flatMap(({ keyed }, at) => {
    const body = bodies[at] ?? null;
    return keyed === null
      ? []
      : { key: keyed, answer: body === null ? null : { status: keyed.status, body: toText(body) } };
  });
  if (kept.length > 0) void keepAnswers(tx, bookId, kept);
  const bodyAt = new Map(places.map((place, at) => [place, bodies[at] ?? null]));
  return writes.map((_, place) => {
    const body = bodyAt.get(place) ?? null;
    return body === null ? null : { body, replayed: false };
  });
}

/** A write without an answer gives undefined, and JSON has no word for it. */
function toText(body: unknown): string | null {
  return body === undefined || body === null ? null : JSON.stringify(body);
}
