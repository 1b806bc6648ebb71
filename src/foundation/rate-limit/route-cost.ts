import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";

/** Units that a request costs unless its route says otherwise. */
export const defaultCost = 1;

type MatchedRoute = ReturnType<typeof matchedRoutes>[number];

const declared = new WeakMap<object, number>();
const found = new WeakMap<MatchedRoute, number>();

/**
 * Declares what a request costs by any middleware that stands on the route itself, and gives it back; 0 exempts the route.
 *
 * @throws {TypeError} where the handler was given another cost.
 * @example
 * router.get("/report", withCost(10, auditLog()), handler);
 */
export function withCost<Handler extends MiddlewareHandler>(cost: number, handler: Handler): Handler {
  if ((declared.get(handler) ?? cost) !== cost) throw new TypeError("the handler has another cost already");
  declared.set(handler, cost);
  return handler;
}

/**
 * What the request costs by the route that it matched, known before any handler has run: {@link defaultCost} where that
 * declares nothing or there is none.
 */
export function routeCost(c: Context): number {
  const routes = matchedRoutes(c);
  const last = routes[routes.length - 1];
  if (last === undefined) return defaultCost;
  const known = found.get(last);
  if (known !== undefined) return known;
  const weighed = routes.findLast(({ handler }) => declared.has(handler));
  const cost = (weighed && declared.get(weighed.handler)) ?? defaultCost;
  found.set(last, cost);
  return cost;
}
