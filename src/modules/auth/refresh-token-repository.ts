import type { Tx } from "../../foundation/db/index.ts";

export interface RefreshTokenRow {
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export interface NewRefreshToken {
  readonly id: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

export async function insertRefreshToken(tx: Tx, token: NewRefreshToken, sessionId: string): Promise<void> {
  await tx.sql`
    insert into identity.refresh_tokens (id, session_id, token_hash, expires_at, created_at)
    values (${token.id}, ${sessionId}, ${token.tokenHash}, ${token.expiresAt}, ${token.now})`;
}

/** Under the lock of its session, which every change of a token holds. */
export async function selectRefreshToken(tx: Tx, tokenHash: string): Promise<RefreshTokenRow | null> {
  const [token] = await tx.sql<RefreshTokenRow>`
    select expires_at, used_at from identity.refresh_tokens where token_hash = ${tokenHash}`;
  return token ?? null;
}

/** Marks a token used, and forgets those of its session that have expired and can betray no reuse any more. */
export async function updateRefreshTokenUsed(
  tx: Tx,
  { tokenHash, sessionId, now }: { readonly tokenHash: string; readonly sessionId: string; readonly now: Date },
): Promise<void> {
  await tx.sql`update identity.refresh_tokens set used_at = ${now} where token_hash = ${tokenHash}`;
  await tx.sql`delete from identity.refresh_tokens where session_id = ${sessionId} and expires_at <= ${now}`;
}
