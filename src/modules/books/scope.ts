import type { Context, MiddlewareHandler } from "hono";
import type { BookEnv, Principal } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import { formatBearerChallenge } from "../../foundation/auth/index.ts";
import type { TxMode, TxScope } from "../../foundation/db/index.ts";
import { bookIdOf } from "../book-write/index.ts";
import type { Role } from "./schemas.ts";

/** What `WWW-Authenticate` names. */
export const authenticationRealm = "footing";

/** A transaction before a book is known, or beyond any one: it sees no book's rows, only the identity tables. */
export const identityScope: TxScope = { settings: {} };

/**
 * Sets `c.var.scope` for routes of one book: whoever opens a transaction with it is a member (otherwise NOT_FOUND),
 * a viewer or more to read and an editor or more to write (FORBIDDEN); an API key is one of this book (NOT_FOUND)
 * and has the scope for it (SCOPE_INSUFFICIENT). All of that is decided as the transaction opens, after validation.
 */
export function bookScope(): MiddlewareHandler<BookEnv> {
  return async (c, next) => {
    const { principal } = c.var;
    const bookId = bookIdOf(c);
    c.set("scope", {
      settings: settingsOf(principal, bookId),
      guard: (mode) => {
        assertKeyMay(principal, mode);
        assertKeyIsOf(principal, bookId);
        return enterBook(principal, bookId, mode === "read" ? "viewer" : "editor");
      },
    });
    await next();
  };
}

/**
 * A scope for what only people do and API keys never (SCOPE_INSUFFICIENT): members, keys, the book itself. Reading
 * and writing alike need at least this role.
 */
export function personScope(c: Context<BookEnv>, role: Role): TxScope {
  const { principal } = c.var;
  const bookId = bookIdOf(c);
  return {
    settings: settingsOf(principal, bookId),
    guard: () => {
      assertPerson(principal);
      return enterBook(principal, bookId, role);
    },
  };
}

/** {@link personScope} for owners alone. */
export function ownerScope(c: Context<BookEnv>): TxScope {
  return personScope(c, "owner");
}

/** @throws SCOPE_INSUFFICIENT for an API key: it was made for one book's entries and manages nothing. */
export function assertPerson(principal: Principal): void {
  if (principal.apiKey === null) return;
  throw scopeInsufficient("This route is not open to API keys.");
}

/** @throws SCOPE_INSUFFICIENT for an API key without the scope; a person has every scope. */
export function assertKeyMay({ apiKey }: Principal, mode: TxMode): void {
  if (apiKey === null || apiKey.scopes.includes(mode)) return;
  throw scopeInsufficient(`The API key lacks the scope ${mode}.`, mode);
}

function assertKeyIsOf({ apiKey }: Principal, bookId: string): void {
  if (apiKey !== null && apiKey.bookId !== bookId) throw new AppError("NOT_FOUND");
}

function scopeInsufficient(detail: string, scope?: TxMode) {
  const challenge = { realm: authenticationRealm, error: "insufficient_scope", ...(scope && { scope }) } as const;
  return new AppError("SCOPE_INSUFFICIENT", {
    detail,
    headers: { "WWW-Authenticate": formatBearerChallenge(challenge) },
  });
}

function settingsOf({ userId }: Principal, bookId: string): TxScope["settings"] {
  return { "footing.book_id": bookId, "footing.user_id": userId };
}

function enterBook({ userId }: Principal, bookId: string, role: Role) {
  return { name: "identity.enter_book", args: [userId, bookId, role] };
}
