import type { Tx } from "../../foundation/db/index.ts";
import {
  insertRefreshToken,
  lockRefreshToken,
  type NewRefreshToken,
  revokeRefreshFamily,
  updateRefreshTokenUsed,
} from "./refresh-token-repository.ts";

export type { NewRefreshToken } from "./refresh-token-repository.ts";

/** What presenting a refresh token led to. `familyId` and `userId` are for the log. */
export type RefreshOutcome =
  | { readonly kind: "rotated"; readonly userId: string }
  | { readonly kind: "refused"; readonly reason: "unknown" | "expired" | "revoked" }
  | { readonly kind: "reused"; readonly userId: string; readonly familyId: string };

/** The first refresh token of a log-in. */
export async function startRefreshFamily(tx: Tx, token: NewRefreshToken & { readonly userId: string }): Promise<void> {
  await insertRefreshToken(tx, { ...token, familyId: token.id });
}

/**
 * Exchanges a refresh token for `next`, once. A second use means that the token was stolen, from its owner or by
 * whoever used it first, and revokes every token of the log-in.
 *
 * A refusal is an outcome and no error: what it wrote has to be committed. Throw after the transaction.
 */
export async function rotateRefreshToken(
  tx: Tx,
  { tokenHash, next }: { readonly tokenHash: string; readonly next: NewRefreshToken },
): Promise<RefreshOutcome> {
  const { now } = next;
  const token = await lockRefreshToken(tx, tokenHash);
  if (token === null) return { kind: "refused", reason: "unknown" };
  const { family_id: familyId, user_id: userId } = token;
  if (token.family_revoked) return { kind: "refused", reason: "revoked" };
  if (token.used_at !== null) {
    await revokeRefreshFamily(tx, { tokenHash, now });
    return { kind: "reused", userId, familyId };
  }
  if (token.expires_at <= now) return { kind: "refused", reason: "expired" };
  await updateRefreshTokenUsed(tx, { tokenHash, familyId, now });
  await insertRefreshToken(tx, { ...next, userId, familyId });
  return { kind: "rotated", userId };
}

/** Ends a log-in: revokes every token of the family. Unknown tokens and repetition change nothing. */
export function endRefreshFamily(tx: Tx, input: { readonly tokenHash: string; readonly now: Date }): Promise<void> {
  return revokeRefreshFamily(tx, input);
}
