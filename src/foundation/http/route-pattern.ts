import type { Context } from "hono";
import { matchedRoutes } from "hono/route";

/**
 * The pattern of the route that the request matched (`/books/:book_id`), or null where only middleware did. It is known
 * from the start, before any handler has run.
 */
export function findRoutePattern(c: Context): string | null {
  return matchedRoutes(c).findLast((route) => route.method !== "ALL")?.path ?? null;
}
