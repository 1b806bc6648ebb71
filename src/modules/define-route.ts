import { catalogue, type ErrorId } from "../errors.ts";
import type { RouteDefinition } from "../foundation/http/route-definition.ts";
import { createRouteFactory } from "../foundation/http/route-factory.ts";
import {
  accessByMethod,
  anyKey,
  type BookAccess,
  bookScope,
  securityOf,
  type UserAccess,
  userScope,
} from "./access/index.ts";
import {
  bookActHeadersSchema,
  bookChangeHeadersSchema,
  bookWriteHeadersSchema,
  bookWriteQuerySchema,
  noIdempotencyKeySchema,
} from "./book-write/index.ts";

/** What a transaction may answer whatever the service does. */
const transactionErrors = [
  "POOL_TIMEOUT",
  "DATABASE_UNAVAILABLE",
  "STATEMENT_TIMEOUT",
  "REQUEST_TIMEOUT",
  "OVERLOADED",
  "TRANSACTION_CONFLICT",
  "COMMIT_OUTCOME_UNKNOWN",
] as const;

/** A route that opens no transaction for its answer. */
export const defineSystemRoute = createRouteFactory({ catalogue });

const publicRoute = createRouteFactory({ catalogue, always: transactionErrors });

/** A public route that answers with a credential. */
export function defineCredentialRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return publicRoute({ ...definition, security: [], headers: noIdempotencyKeySchema });
}

const userRoute = createRouteFactory({ catalogue, always: [...transactionErrors, "UNAUTHENTICATED"] });
const bookRoute = createRouteFactory({
  catalogue,
  always: [...transactionErrors, "UNAUTHENTICATED", "FORBIDDEN", "SCOPE_INSUFFICIENT", "NOT_FOUND"],
});

/** A route behind authentication: for people, and for API keys as far as `access` says; every key by default. */
export function defineUserRoute<const Definition extends RouteDefinition<ErrorId>>(
  definition: Definition,
  access: UserAccess = anyKey,
) {
  const refused = access.keyScopes?.length === 0 ? [] : (["SCOPE_INSUFFICIENT"] as const);
  return userRoute({
    ...definition,
    security: securityOf(access),
    middleware: [...(definition.middleware ?? []), userScope(access)],
    errors: [...definition.errors, ...refused] as const,
  });
}

/** A route of one book: behind authentication, membership and role, as `access` says; by its method unless it does. */
export function defineBookRoute<const Definition extends RouteDefinition<ErrorId>>(
  definition: Definition,
  access: BookAccess = accessByMethod(definition.method),
) {
  return bookRoute({ ...definition, security: securityOf(access), middleware: [bookScope(access)] });
}

/** A route that writes to a book: {@link defineBookRoute} with `Idempotency-Key` and `dry_run`. */
export function defineBookWriteRoute<const Definition extends RouteDefinition<ErrorId>>(
  definition: Definition,
  access?: BookAccess,
) {
  const write = {
    ...definition,
    query: bookWriteQuerySchema,
    headers: bookWriteHeadersSchema,
    errors: [...definition.errors, "IDEMPOTENCY_KEY_REUSED"] as const,
  };
  return defineBookRoute(write, access);
}

/** A write that changes or deletes an object of a book: {@link defineBookWriteRoute} that demands `If-Match`. */
export function defineBookChangeRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return defineBookRoute({
    ...definition,
    query: bookWriteQuerySchema,
    headers: bookChangeHeadersSchema,
    errors: [...definition.errors, "IDEMPOTENCY_KEY_REUSED", "PRECONDITION_REQUIRED", "PRECONDITION_FAILED"] as const,
  });
}

/** A write that acts on an object of a book, such as posting a draft: it honours `If-Match` where there is one. */
export function defineBookActRoute<const Definition extends RouteDefinition<ErrorId>>(
  definition: Definition,
  access?: BookAccess,
) {
  const act = {
    ...definition,
    query: bookWriteQuerySchema,
    headers: bookActHeadersSchema,
    errors: [...definition.errors, "IDEMPOTENCY_KEY_REUSED", "PRECONDITION_FAILED"] as const,
  };
  return defineBookRoute(act, access);
}

/** A route of one book that answers with a credential. */
export function defineBookCredentialRoute<const Definition extends RouteDefinition<ErrorId>>(
  definition: Definition,
  access?: BookAccess,
) {
  return defineBookRoute({ ...definition, headers: noIdempotencyKeySchema }, access);
}
