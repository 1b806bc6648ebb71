import type { Tx } from "../../foundation/db/index.ts";

export interface SessionRow {
  readonly id: string;
  readonly user_agent: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
}

export interface NewSession {
  readonly id: string;
  readonly userAgent: string | null;
  /** Where it is begun from, and what is known of the user from then on; null: that is not known. */
  readonly network: string | null;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** Whose session it is, and the password that it was begun with. */
export interface SessionHolder {
  readonly userId: string;
  readonly passwordVersion: number;
}

/**
 * False when the user's password has changed since it was checked. The user's lock makes a change of it wait for the
 * session, so that it ends this one too. Takes the user's expired sessions away, and the networks that were not used since
 * `knownSince`.
 */
export async function insertSession(
  tx: Tx,
  { id, userAgent, network, expiresAt, now }: NewSession,
  { userId, passwordVersion, knownSince }: SessionHolder & { readonly knownSince: Date },
): Promise<boolean> {
  const rows = await tx.sql`
    with holder as materialized (
      select id from identity.users where id = ${userId} and password_version = ${passwordVersion}
      for share
    ), swept as (
      delete from identity.sessions where user_id = (select id from holder) and expires_at <= ${now}
    ), forgotten as (
      delete from identity.known_networks
      where user_id = (select id from holder) and last_log_in_at <= ${knownSince} and network is distinct from ${network}::text
    ), known as (
      insert into identity.known_networks as k (user_id, network, last_log_in_at)
      select id, ${network}::text, ${now}::timestamptz from holder where ${network}::text is not null
      on conflict (user_id, network) do update set last_log_in_at = greatest(k.last_log_in_at, excluded.last_log_in_at)
    )
    insert into identity.sessions (id, user_id, user_agent, last_used_at, expires_at, created_at)
    select ${id}::uuid, id, ${userAgent}, ${now}::timestamptz, ${expiresAt}::timestamptz, ${now}::timestamptz from holder
    returning id`;
  return rows.length > 0;
}

/** A user's sessions that were neither ended nor have expired, oldest first. */
export function selectSessions(
  tx: Tx,
  { userId, now }: { readonly userId: string; readonly now: Date },
  page: { readonly limit: number; readonly after: string | null },
): Promise<SessionRow[]> {
  return tx.sql<SessionRow>`
    select id, user_agent, created_at, last_used_at, expires_at from identity.sessions
    where user_id = ${userId} and revoked_at is null and expires_at > ${now}
      and id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id
    limit ${page.limit}`;
}

export interface LockedSession {
  readonly id: string;
  readonly user_id: string;
  readonly revoked: boolean;
}

/** Locks the session of a refresh token: whoever else refreshes or ends it waits, and then sees what became of it. */
export async function lockSessionOfToken(tx: Tx, tokenHash: string): Promise<LockedSession | null> {
  const [session] = await tx.sql<LockedSession>`
    select id, user_id, revoked_at is not null as revoked from identity.sessions
    where id = (select session_id from identity.refresh_tokens where token_hash = ${tokenHash})
    for no key update`;
  return session ?? null;
}

export async function updateSessionUsed(
  tx: Tx,
  { id, expiresAt, now }: { readonly id: string; readonly expiresAt: Date; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.sessions set last_used_at = ${now}, expires_at = ${expiresAt} where id = ${id}`;
}

export async function revokeSessionOfToken(
  tx: Tx,
  { tokenHash, now }: { readonly tokenHash: string; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.sessions set revoked_at = ${now}
    where id = (select session_id from identity.refresh_tokens where token_hash = ${tokenHash}) and revoked_at is null`;
}

/** False when the user has no such session. One that was ended before keeps its date. */
export async function revokeSession(
  tx: Tx,
  { userId, sessionId, now }: { readonly userId: string; readonly sessionId: string; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.sql`
    update identity.sessions set revoked_at = coalesce(revoked_at, ${now})
    where id = ${sessionId} and user_id = ${userId}
    returning id`;
  return rows.length > 0;
}

/** All of a user's sessions, but for one that is kept. */
export async function revokeSessionsOfUser(
  tx: Tx,
  { userId, exceptId, now }: { readonly userId: string; readonly exceptId: string | null; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.sessions set revoked_at = ${now}
    where user_id = ${userId} and revoked_at is null and id is distinct from ${exceptId}::uuid`;
}
