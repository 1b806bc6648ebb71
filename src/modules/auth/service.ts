import { challengeHeaders } from "../../challenge.ts";
import type { Principal } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import type { PasswordHasher } from "../../foundation/auth/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { type BookRow, createBook, listBooks } from "../books/index.ts";
import {
  type CredentialsRow,
  insertUser,
  type LogInRow,
  type NewUser,
  selectLogIn,
  selectUser,
  type UserRow,
  updatePasswordHash,
} from "./repository.ts";
import { networksKnownSince, type SessionStart, startSession } from "./session-service.ts";

export type { CredentialsRow, UserRow } from "./repository.ts";

/** Most books that `getProfile` lists; `GET /books` pages through them all. */
const profileBooksMax = 200;

/**
 * A new user with a first book of its own, logged in.
 * @throws EMAIL_TAKEN
 */
export async function registerUser(
  tx: Tx,
  input: {
    readonly user: NewUser;
    readonly book: { readonly id: string; readonly name: string };
    readonly start: SessionStart;
  },
): Promise<{ readonly user: UserRow; readonly book: BookRow }> {
  const user = await insertUser(tx, input.user);
  const book = await createBook(tx, { ...input.book, ownerId: user.id, now: input.user.now });
  await startSession(tx, input.start, { userId: user.id, passwordVersion: 0 });
  return { user, book };
}

/** What a log-in from a network is checked against, or null. */
export function findCredentials(
  tx: Tx,
  of: { readonly email: string; readonly network: string | null; readonly now: Date },
): Promise<LogInRow | null> {
  return selectLogIn(tx, { ...of, since: networksKnownSince(of.now) });
}

export interface CheckedLogin {
  readonly user: CredentialsRow;
  /** A hash at today's cost, where the stored one is cheaper. */
  readonly newPasswordHash: string | null;
}

/**
 * Checks a password, outside any transaction as it takes a while: the same while whether or not the address is known.
 * @throws CREDENTIALS_INVALID; GateFullError when too many passwords are being checked.
 */
export async function checkPassword(
  passwords: PasswordHasher,
  { found, password }: { readonly found: CredentialsRow | null; readonly password: string },
): Promise<CheckedLogin> {
  const { matches, rehashNeeded } = await passwords.verify(password, found?.password_hash ?? null);
  if (found === null || !matches) throw credentialsInvalid();
  return { user: found, newPasswordHash: rehashNeeded ? await passwords.hash(password) : null };
}

/**
 * Begins a session of a user whose password was checked.
 * @throws CREDENTIALS_INVALID when the password has changed since.
 */
export async function logIn(
  tx: Tx,
  { login, start }: { readonly login: CheckedLogin; readonly start: SessionStart },
): Promise<void> {
  const { user, newPasswordHash } = login;
  if (newPasswordHash !== null) {
    await updatePasswordHash(tx, { userId: user.id, from: user.password_hash, to: newPasswordHash });
  }
  const begun = await startSession(tx, start, { userId: user.id, passwordVersion: user.password_version });
  if (!begun) throw credentialsInvalid();
}

/**
 * The user of a request and the first 200 of its books; for an API key at most the key's own.
 * @throws UNAUTHENTICATED when the user does not exist any more.
 */
export async function getProfile(
  tx: Tx,
  { userId, apiKey }: Principal,
): Promise<{ readonly user: UserRow; readonly books: readonly BookRow[] }> {
  const [user, books] = await Promise.all([
    selectUser(tx, userId),
    listBooks(tx, { userId, onlyBookId: apiKey?.bookId ?? null }, { limit: profileBooksMax, after: null }),
  ]);
  if (user === null) throw new AppError("UNAUTHENTICATED", { headers: challengeHeaders({ error: "invalid_token" }) });
  return { user, books };
}

function credentialsInvalid() {
  return new AppError("CREDENTIALS_INVALID", { headers: challengeHeaders() });
}
