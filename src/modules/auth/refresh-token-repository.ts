import type { Tx } from "../../foundation/db/index.ts";

export interface RefreshTokenRow {
  readonly family_id: string;
  readonly user_id: string;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  /** Whether any token of the family is: then all are, also one that a concurrent refresh was just adding. */
  readonly family_revoked: boolean;
}

export interface NewRefreshToken {
  readonly id: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** The first token of a log-in begins a family, which bears its id. */
export async function insertRefreshToken(
  tx: Tx,
  token: NewRefreshToken & { readonly userId: string; readonly familyId: string },
): Promise<void> {
  await tx.sql`
    insert into identity.refresh_tokens (id, family_id, user_id, token_hash, expires_at, created_at)
    values (${token.id}, ${token.familyId}, ${token.userId}, ${token.tokenHash}, ${token.expiresAt}, ${token.now})`;
}

/** Locks the token: whoever else presents it waits, and then sees what became of it. */
export async function lockRefreshToken(tx: Tx, tokenHash: string): Promise<RefreshTokenRow | null> {
  const [token] = await tx.sql<RefreshTokenRow>`
    select t.family_id, t.user_id, t.expires_at, t.used_at, exists (
      select from identity.refresh_tokens f where f.family_id = t.family_id and f.revoked_at is not null
    ) as family_revoked
    from identity.refresh_tokens t
    where t.token_hash = ${tokenHash}
    for no key update of t`;
  return token ?? null;
}

/** Marks a token used, and forgets those of its family that have expired and can betray no reuse any more. */
export async function updateRefreshTokenUsed(
  tx: Tx,
  { tokenHash, familyId, now }: { readonly tokenHash: string; readonly familyId: string; readonly now: Date },
): Promise<void> {
  await tx.sql`update identity.refresh_tokens set used_at = ${now} where token_hash = ${tokenHash}`;
  await tx.sql`delete from identity.refresh_tokens where family_id = ${familyId} and expires_at <= ${now}`;
}

export async function revokeRefreshFamily(
  tx: Tx,
  { tokenHash, now }: { readonly tokenHash: string; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.refresh_tokens set revoked_at = ${now}
    where family_id = (select family_id from identity.refresh_tokens where token_hash = ${tokenHash})
      and revoked_at is null`;
}
