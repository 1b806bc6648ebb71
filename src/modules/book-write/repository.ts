import type { Tx } from "../../foundation/db/index.ts";

/** Which write a key stands for. */
export interface WriteKey {
  readonly bookId: string;
  readonly principalId: string;
  readonly key: string;
}

export interface KeptAnswer {
  readonly route: string;
  readonly body_hash: string;
  readonly status: number;
  readonly body: string | null;
}

/** Expired keys of the book that each use of a key takes away: more than one, so that they never pile up. */
const sweptAtOnce = 10;

/**
 * Takes a key for this transaction; false when it is taken already. While another transaction holds it uncommitted, this
 * waits for that one's end.
 */
export async function takeKey(
  tx: Tx,
  { bookId, principalId, key }: WriteKey,
  write: { readonly route: string; readonly bodyHash: string; readonly now: Date; readonly expired: Date },
): Promise<boolean> {
  const rows = await tx.sql`
    with swept as (
      delete from ledger.idempotency_keys
      where (book_id, principal_id, key) in (
        select book_id, principal_id, key from ledger.idempotency_keys
        where book_id = ${bookId} and created_at < ${write.expired}
          and (principal_id, key) <> (${principalId}, ${key})
        order by created_at limit ${sweptAtOnce} for update skip locked)
    )
    insert into ledger.idempotency_keys as kept (book_id, principal_id, key, route, body_hash, created_at)
    values (${bookId}, ${principalId}, ${key}, ${write.route}, ${write.bodyHash}, ${write.now})
    on conflict on constraint idempotency_keys_pkey do update
      set route = excluded.route, body_hash = excluded.body_hash, created_at = excluded.created_at, status = null, body = null
      where kept.created_at < ${write.expired}
    returning 1`;
  return rows.length > 0;
}

/** The answer that was kept under a key, or null. */
export async function findAnswer(tx: Tx, { bookId, principalId, key }: WriteKey): Promise<KeptAnswer | null> {
  const [row] = await tx.sql<KeptAnswer>`
    select route, body_hash, status, body from ledger.idempotency_keys
    where book_id = ${bookId} and principal_id = ${principalId} and key = ${key} and status is not null`;
  return row ?? null;
}

/** Keeps what the write answers, in its own transaction. */
export async function keepAnswer(
  tx: Tx,
  { bookId, principalId, key }: WriteKey,
  answer: { readonly status: number; readonly body: string | null },
): Promise<void> {
  await tx.sql`
    update ledger.idempotency_keys set status = ${answer.status}, body = ${answer.body}
    where book_id = ${bookId} and principal_id = ${principalId} and key = ${key}`;
}
