import { catalogue, type ErrorId } from "../errors.ts";
import type { RouteDefinition } from "../foundation/http/route-definition.ts";
import { createRouteFactory } from "../foundation/http/route-factory.ts";
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

/** A route that needs neither a user nor a book. */
export const definePublicRoute = createRouteFactory({ catalogue, always: transactionErrors });

/** A public route that answers with a credential. */
export function defineCredentialRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return definePublicRoute({ ...definition, security: [], headers: noIdempotencyKeySchema });
}

/** A route behind authentication. */
export const defineUserRoute = createRouteFactory({ catalogue, always: [...transactionErrors, "UNAUTHENTICATED"] });

/** A route of one book: behind authentication, membership and role. */
export const defineBookRoute = createRouteFactory({
  catalogue,
  always: [...transactionErrors, "UNAUTHENTICATED", "FORBIDDEN", "SCOPE_INSUFFICIENT", "NOT_FOUND"],
});

/** A route that writes to a book: {@link defineBookRoute} with `Idempotency-Key` and `dry_run`. */
export function defineBookWriteRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return defineBookRoute({
    ...definition,
    query: bookWriteQuerySchema,
    headers: bookWriteHeadersSchema,
    errors: [...definition.errors, "IDEMPOTENCY_KEY_REUSED"] as const,
  });
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
export function defineBookActRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return defineBookRoute({
    ...definition,
    query: bookWriteQuerySchema,
    headers: bookActHeadersSchema,
    errors: [...definition.errors, "IDEMPOTENCY_KEY_REUSED", "PRECONDITION_FAILED"] as const,
  });
}

/** A route of one book that answers with a credential. */
export function defineBookCredentialRoute<const Definition extends RouteDefinition<ErrorId>>(definition: Definition) {
  return defineBookRoute({ ...definition, headers: noIdempotencyKeySchema });
}
