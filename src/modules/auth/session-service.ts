import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  insertRefreshToken,
  type NewRefreshToken,
  selectRefreshToken,
  updateRefreshTokenUsed,
} from "./refresh-token-repository.ts";
import {
  insertSession,
  lockSessionOfToken,
  type NewSession,
  revokeSession,
  revokeSessionOfToken,
  revokeSessionsOfUser,
  type SessionHolder,
  type SessionRow,
  selectSessions,
  updateSessionUsed,
} from "./session-repository.ts";

export type { NewRefreshToken } from "./refresh-token-repository.ts";
export type { SessionHolder, SessionRow } from "./session-repository.ts";

const networkKnownDays = 30;

/** A network counts as a user's own when the user logged in from it after this. */
export function networksKnownSince(now: Date): Date {
  return new Date(now.getTime() - networkKnownDays * 86_400_000);
}

/** A log-in to be, with its first refresh token. */
export interface SessionStart {
  readonly session: NewSession;
  readonly refreshToken: NewRefreshToken;
}

/** Begins a session. False, with nothing written, when the holder's password has changed since it was checked. */
export async function startSession(
  tx: Tx,
  { session, refreshToken }: SessionStart,
  holder: SessionHolder,
): Promise<boolean> {
  const knownSince = networksKnownSince(session.now);
  if (!(await insertSession(tx, session, { ...holder, knownSince }))) return false;
  await insertRefreshToken(tx, refreshToken, session.id);
  return true;
}

/** What presenting a refresh token led to. The ids of a refusal are for the log. */
export type RefreshOutcome =
  | { readonly kind: "rotated"; readonly userId: string; readonly sessionId: string }
  | { readonly kind: "refused"; readonly reason: "unknown" | "expired" | "revoked" }
  | { readonly kind: "reused"; readonly userId: string; readonly sessionId: string };

/**
 * Exchanges a refresh token for `next`, once. A second use means that the token was stolen, from its owner or by
 * whoever used it first, and ends the session.
 *
 * A refusal is an outcome and no error: what it wrote has to be committed. Throw after the transaction.
 */
export async function rotateRefreshToken(
  tx: Tx,
  { tokenHash, next }: { readonly tokenHash: string; readonly next: NewRefreshToken },
): Promise<RefreshOutcome> {
  const { now, expiresAt } = next;
  const session = await lockSessionOfToken(tx, tokenHash);
  const token = session === null ? null : await selectRefreshToken(tx, tokenHash);
  if (session === null || token === null) return { kind: "refused", reason: "unknown" };
  const { id: sessionId, user_id: userId } = session;
  if (session.revoked) return { kind: "refused", reason: "revoked" };
  if (token.used_at !== null) {
    await revokeSession(tx, { userId, sessionId, now });
    return { kind: "reused", userId, sessionId };
  }
  if (token.expires_at <= now) return { kind: "refused", reason: "expired" };
  await updateRefreshTokenUsed(tx, { tokenHash, sessionId, now });
  await insertRefreshToken(tx, next, sessionId);
  await updateSessionUsed(tx, { id: sessionId, expiresAt, now });
  return { kind: "rotated", userId, sessionId };
}

/** A user's sessions that are still open, oldest first. */
export function listSessions(
  tx: Tx,
  of: { readonly userId: string; readonly now: Date },
  page: { readonly limit: number; readonly after: string | null },
): Promise<SessionRow[]> {
  return selectSessions(tx, of, page);
}

/** Ends the session of a refresh token. Unknown tokens and repetition change nothing. */
export function endSessionOfToken(tx: Tx, input: { readonly tokenHash: string; readonly now: Date }): Promise<void> {
  return revokeSessionOfToken(tx, input);
}

/** Ends one session of a user; ending it again changes nothing. @throws NOT_FOUND when the user has no such session. */
export async function endSession(
  tx: Tx,
  input: { readonly userId: string; readonly sessionId: string; readonly now: Date },
): Promise<void> {
  if (!(await revokeSession(tx, input))) throw new AppError("NOT_FOUND", { detail: "There is no such session." });
}

/** Ends every session of a user, but for one that is kept, if any. */
export function endSessions(
  tx: Tx,
  input: { readonly userId: string; readonly exceptId: string | null; readonly now: Date },
): Promise<void> {
  return revokeSessionsOfUser(tx, input);
}
