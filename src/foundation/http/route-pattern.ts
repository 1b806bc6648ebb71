import type { Context } from "hono";
import { matchedRoutes } from "hono/route";

const variable = "routePattern";

/**
 * The pattern of the route that the request matched (`/books/:book_id`), or null where only middleware did. It is known
 * from the start, before any handler has run, and is worked out once a request.
 */
export function findRoutePattern(c: Context): string | null {
  const known = c.get(variable) as string | null | undefined;
  if (known !== undefined) return known;
  const pattern = matchedRoutes(c).findLast((route) => route.method !== "ALL")?.path ?? null;
  c.set(variable, pattern);
  return pattern;
}
