import type { Tx } from "../../foundation/db/index.ts";
import type { KeyScope } from "../access/index.ts";

export interface ApiKeyCredentialRow {
  readonly id: string;
  readonly name: string;
  readonly book_id: string;
  readonly user_id: string;
  readonly scopes: KeyScope[];
}

/** Null when there is no such key, or it was revoked or has expired: one look-up in the index whichever it is. */
export async function selectApiKeyByHash(
  tx: Tx,
  { keyHash, now }: { readonly keyHash: string; readonly now: Date },
): Promise<ApiKeyCredentialRow | null> {
  const [key] = await tx.sql<ApiKeyCredentialRow>`
    select id, name, book_id, user_id, scopes from identity.api_keys
    where key_hash = ${keyHash} and revoked_at is null and (expires_at is null or expires_at > ${now})`;
  return key ?? null;
}

export interface ApiKeyUse {
  readonly keyId: string;
  readonly usedAt: Date;
}

/** One statement for any number of keys; none goes back in time. */
export async function updateApiKeysLastUsed(tx: Tx, uses: readonly ApiKeyUse[]): Promise<void> {
  const rows = JSON.stringify(uses.map(({ keyId, usedAt }) => ({ id: keyId, used_at: usedAt })));
  await tx.sql`
    update identity.api_keys k set last_used_at = u.used_at
    from jsonb_to_recordset(${rows}::jsonb) as u(id uuid, used_at timestamptz)
    where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.used_at)`;
}
