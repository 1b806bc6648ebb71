import { catalogue } from "../errors.ts";
import { createRouteFactory } from "../foundation/http/route-factory.ts";

/** What a transaction may answer whatever the service does. */
const transactionErrors = [
  "POOL_TIMEOUT",
  "DATABASE_UNAVAILABLE",
  "STATEMENT_TIMEOUT",
  "TRANSACTION_CONFLICT",
  "COMMIT_OUTCOME_UNKNOWN",
] as const;

/** A route that opens no transaction for its answer. */
export const defineSystemRoute = createRouteFactory({ catalogue });

/** A route that needs neither a user nor a book. */
export const definePublicRoute = createRouteFactory({ catalogue, always: transactionErrors });

/** A route behind authentication. */
export const defineUserRoute = createRouteFactory({ catalogue, always: [...transactionErrors, "UNAUTHENTICATED"] });

/** A route of one book: behind authentication, membership and role. */
export const defineBookRoute = createRouteFactory({
  catalogue,
  always: [...transactionErrors, "UNAUTHENTICATED", "FORBIDDEN", "SCOPE_INSUFFICIENT", "NOT_FOUND"],
});
