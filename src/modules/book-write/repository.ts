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

/** A write that shares a transaction with others, as far as it is asked about before it is done. */
export interface EnteringWrite {
  /** What `identity.enter_book` takes: user, book, role, and a session where there is one. */
  readonly guard: readonly string[];
  /** Null for a write without a key. */
  readonly keyed: (WriteKey & { readonly route: string; readonly bodyHash: string; readonly now: Date }) | null;
}

/**
 * Which of several writes to a book may be done now, by their places, with their keys taken: those of members who may, and whose
 * key is free. As {@link takeKey} this waits for the end of another transaction that holds one of the keys uncommitted.
 */
export async function enterWrites(
  tx: Tx,
  bookId: string,
  { writes, expired }: { readonly writes: readonly EnteringWrite[]; readonly expired: Date },
): Promise<readonly number[]> {
  const column = (of: (write: EnteringWrite) => string | null | undefined) => writes.map((write) => of(write) ?? null);
  const rows = await tx.sql<{ place: number }>`
    with given as (
      select * from unnest(
        ${column(({ guard }) => guard[0])}::uuid[], ${column(({ guard }) => guard[2])}::text[],
        ${column(({ guard }) => guard[3])}::uuid[], ${column(({ keyed }) => keyed?.principalId)}::uuid[],
        ${column(({ keyed }) => keyed?.key)}::text[], ${column(({ keyed }) => keyed?.route)}::text[],
        ${column(({ keyed }) => keyed?.bodyHash)}::text[], ${column(({ keyed }) => keyed?.now.toISOString())}::text[]
      ) with ordinality as g(user_id, role, session_id, principal_id, key, route, body_hash, created_at, place)
    ), entrant as materialized (
      select user_id, role, session_id, identity.may_enter_book(user_id, ${bookId}, role, session_id) as may
      from given group by user_id, role, session_id
    ), entered as (
      select given.* from given
      join entrant on entrant.may and entrant.user_id = given.user_id and entrant.role = given.role
        and entrant.session_id is not distinct from given.session_id
    ), swept as (
      delete from ledger.idempotency_keys
      where (book_id, principal_id, key) in (
        select book_id, principal_id, key from ledger.idempotency_keys
        where book_id = ${bookId} and created_at < ${expired}
          and (principal_id, key) not in (select principal_id, key from given where key is not null)
        order by created_at limit ${sweptAtOnce} for update skip locked)
    ), taken as (
      insert into ledger.idempotency_keys as kept (book_id, principal_id, key, route, body_hash, created_at)
      select ${bookId}, principal_id, key, route, body_hash, created_at::timestamptz from entered
      where key is not null order by principal_id, key
      on conflict on constraint idempotency_keys_pkey do update
        set route = excluded.route, body_hash = excluded.body_hash, created_at = excluded.created_at, status = null, body = null
        where kept.created_at < ${expired}
      returning principal_id, key
    )
    select (place - 1)::int as place from entered
    where key is null or (principal_id, key) in (select principal_id, key from taken)
    order by place`;
  return rows.map(({ place }) => place);
}

/** The answer that was kept under a key, or null. */
export async function findAnswer(tx: Tx, { bookId, principalId, key }: WriteKey): Promise<KeptAnswer | null> {
  const [row] = await tx.sql<KeptAnswer>`
    select route, body_hash, status, body from ledger.idempotency_keys
    where book_id = ${bookId} and principal_id = ${principalId} and key = ${key} and status is not null`;
  return row ?? null;
}

/** Keeps what several writes answer, and gives the key of a write that was not done (null) back. */
export async function keepAnswers(
  tx: Tx,
  bookId: string,
  kept: readonly { readonly key: WriteKey; readonly answer: { status: number; body: string | null } | null }[],
): Promise<void> {
  const principals = kept.map(({ key }) => key.principalId);
  const keys = kept.map(({ key }) => key.key);
  const statuses = kept.map(({ answer }) => (answer === null ? null : String(answer.status)));
  if (statuses.includes(null)) {
    await tx.sql`
      delete from ledger.idempotency_keys
      where book_id = ${bookId} and (principal_id, key) in (
        select principal_id, key from unnest(${principals}::uuid[], ${keys}::text[], ${statuses}::text[])
          as given(principal_id, key, status)
        where status is null)`;
  }
  await tx.sql`
    update ledger.idempotency_keys as kept set status = given.status::smallint, body = given.body
    from unnest(${principals}::uuid[], ${keys}::text[], ${statuses}::text[], ${kept.map(({ answer }) => answer?.body ?? null)}::text[])
      as given(principal_id, key, status, body)
    where kept.book_id = ${bookId} and kept.principal_id = given.principal_id and kept.key = given.key`;
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
