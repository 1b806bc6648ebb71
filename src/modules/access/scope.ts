import type { Context, MiddlewareHandler } from "hono";
import { challengeHeaders } from "../../challenge.ts";
import type { BookEnv, Principal, UserEnv } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import type { TxScope } from "../../foundation/db/index.ts";
import { bookIdOf } from "../book-write/index.ts";
import type { BookAccess, KeyScope, UserAccess } from "./requirement.ts";

/** A transaction of nobody in particular: it sees no book's rows, only the identity tables. */
export const identityScope: TxScope = { settings: {} };

/**
 * Sets `c.var.scope` for routes that are of no book: whoever opens a transaction with it has a session that was not
 * ended (otherwise UNAUTHENTICATED), or an API key that the route is open to (SCOPE_INSUFFICIENT).
 */
export function userScope(access: UserAccess): MiddlewareHandler<UserEnv> {
  return async (c, next) => {
    const { principal } = c.var;
    c.set("scope", {
      settings: {},
      guard: () => {
        assertKeyMay(principal, access);
        const { userId, sessionId } = principal;
        return sessionId === null ? null : { name: "identity.enter_session", args: [userId, sessionId] };
      },
    });
    await next();
  };
}

/**
 * Sets `c.var.scope` for routes of one book: whoever opens a transaction with it has a session that was not ended
 * (otherwise UNAUTHENTICATED), is a member (NOT_FOUND) with the role at least (FORBIDDEN); an API key is one that the
 * route is open to (SCOPE_INSUFFICIENT) and of this book (NOT_FOUND). All of that is decided as the transaction opens,
 * after validation.
 */
export function bookScope(access: BookAccess): MiddlewareHandler<BookEnv> {
  return async (c, next) => {
    c.set("scope", bookScopeOf(c, access));
    await next();
  };
}

/** The scope of {@link bookScope}, for a route whose requirement depends on what it is asked. */
export function bookScopeOf(c: Context<BookEnv>, access: BookAccess): TxScope {
  const { principal } = c.var;
  const { userId, sessionId, apiKey } = principal;
  const bookId = bookIdOf(c);
  return {
    settings: { "footing.book_id": bookId, "footing.user_id": userId },
    guard: () => {
      assertKeyMay(principal, access);
      if (apiKey !== null && apiKey.bookId !== bookId) throw new AppError("NOT_FOUND");
      const args = [userId, bookId, access.role];
      return { name: "identity.enter_book", args: sessionId === null ? args : [...args, sessionId] };
    },
  };
}

function assertKeyMay({ apiKey }: Principal, access: UserAccess): void {
  if (apiKey === null) return;
  if (access.keyScopes === null) throw scopeInsufficient("This route is not open to API keys.");
  const lacking = access.keyScopes.find((scope) => !apiKey.scopes.includes(scope));
  if (lacking !== undefined) throw scopeInsufficient(`The API key lacks the scope ${lacking}.`, lacking);
}

function scopeInsufficient(detail: string, scope?: KeyScope) {
  const headers = challengeHeaders({ error: "insufficient_scope", ...(scope && { scope }) });
  return new AppError("SCOPE_INSUFFICIENT", { detail, headers });
}
