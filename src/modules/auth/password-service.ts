import { AppError } from "../../errors.ts";
import type { PasswordHasher } from "../../foundation/auth/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { revokeApiKeysOfUser } from "../books/index.ts";
import { type CredentialsRow, deleteKnownNetworks, selectCredentialsOf, updatePassword } from "./repository.ts";
import { endSessions } from "./session-service.ts";

/** What the present password is checked against, or null when the user does not exist any more. */
export function findOwnCredentials(tx: Tx, userId: string): Promise<CredentialsRow | null> {
  return selectCredentialsOf(tx, userId);
}

/**
 * Checks the present password and hashes the new one, outside any transaction as both take a while.
 * @throws PASSWORD_WRONG; GateFullError when too many passwords are being checked.
 */
export async function prepareChange(
  passwords: PasswordHasher,
  input: { readonly found: CredentialsRow | null; readonly password: string; readonly newPassword: string },
): Promise<PreparedChange> {
  const { found, password, newPassword } = input;
  const { matches } = await passwords.verify(password, found?.password_hash ?? null);
  if (found === null || !matches) throw new AppError("PASSWORD_WRONG");
  return { userId: found.id, version: found.password_version, passwordHash: await passwords.hash(newPassword) };
}

export interface PreparedChange {
  readonly userId: string;
  /** Of the password that was checked. */
  readonly version: number;
  readonly passwordHash: string;
}

/**
 * Changes a password, ends every session but the one that asks and forgets every network but the one that it asks from; with `revokeKeys` it revokes the user's API keys of
 * every book as well.
 * @throws PASSWORD_WRONG when the password has changed since it was checked.
 */
export async function changePassword(
  tx: Tx,
  change: PreparedChange,
  input: {
    readonly sessionId: string | null;
    readonly network: string | null;
    readonly revokeKeys: boolean;
    readonly now: Date;
  },
): Promise<void> {
  const { userId } = change;
  if (!(await updatePassword(tx, change))) throw new AppError("PASSWORD_WRONG");
  await deleteKnownNetworks(tx, { userId, except: input.network });
  await endSessions(tx, { userId, exceptId: input.sessionId, now: input.now });
  if (input.revokeKeys) await revokeApiKeysOfUser(tx, { userId, now: input.now });
}
