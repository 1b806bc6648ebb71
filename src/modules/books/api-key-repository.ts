import type { Tx } from "../../foundation/db/index.ts";
import type { KeyScope } from "../access/index.ts";
import type { MemberKey } from "./member-repository.ts";
import type { BookPage } from "./repository.ts";

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: KeyScope[];
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

export interface NewApiKey extends MemberKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly keyHash: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/**
 * Null when the user is not, or no longer, an owner. The membership's lock makes its end wait for the key, so that it
 * revokes this one too.
 */
export async function insertApiKey(tx: Tx, key: NewApiKey): Promise<ApiKeyRow | null> {
  const [row] = await tx.sql<ApiKeyRow>`
    with owner as materialized (
      select book_id, user_id from identity.memberships
      where book_id = ${key.bookId} and user_id = ${key.userId} and role = 'owner'
      for share
    )
    insert into identity.api_keys (id, book_id, user_id, name, prefix, key_hash, scopes, expires_at, created_at)
    select ${key.id}::uuid, book_id, user_id, ${key.name}, ${key.prefix}, ${key.keyHash},
      array(select jsonb_array_elements_text(${JSON.stringify(key.scopes)}::jsonb)), ${key.expiresAt}::timestamptz,
      ${key.now}::timestamptz
    from owner
    returning id, name, prefix, scopes, expires_at, last_used_at, created_at, revoked_at`;
  return row ?? null;
}

export function selectApiKeys(tx: Tx, bookId: string, page: BookPage): Promise<ApiKeyRow[]> {
  return tx.sql<ApiKeyRow>`
    select id, name, prefix, scopes, expires_at, last_used_at, created_at, revoked_at
    from identity.api_keys
    where book_id = ${bookId} and id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id
    limit ${page.limit}`;
}

/** False when the book has no such key. One that was revoked before keeps its date. */
export async function updateApiKeyRevoked(
  tx: Tx,
  { bookId, keyId, now }: { readonly bookId: string; readonly keyId: string; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.sql`
    update identity.api_keys set revoked_at = coalesce(revoked_at, ${now})
    where book_id = ${bookId} and id = ${keyId}
    returning id`;
  return rows.length > 0;
}

/** Those of one book, or of every one. */
export async function revokeKeysOfUser(
  tx: Tx,
  { bookId, userId, now }: { readonly bookId: string | null; readonly userId: string; readonly now: Date },
): Promise<void> {
  await tx.sql`
    update identity.api_keys set revoked_at = ${now}
    where book_id = coalesce(${bookId}::uuid, book_id) and user_id = ${userId} and revoked_at is null`;
}
