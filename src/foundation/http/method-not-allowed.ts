import type { Context, ErrorHandler, Hono, NotFoundHandler } from "hono";
import type { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";

type Routes = Pick<Hono, "routes" | "router">;

/**
 * The answer where no handler took the request (`app.notFound`): 405 with `Allow` where the path has routes of other
 * methods, ROUTE_NOT_FOUND where it has none, and 204 with `Allow` for an OPTIONS request that no one else answers.
 * Everything is derived from the app's own routes, when first needed; routes added later count too.
 *
 * Middleware runs before it: under `app.use("/api/v1/*", auth)` an unauthenticated request to an unknown path gets
 * auth's 401, and only an authenticated one the 404 or 405, so that nobody explores the API without credentials.
 *
 * The error goes through `onError` here and is not thrown: thrown from this place, Hono would hand it to the innermost
 * middleware as a rejected `next()`.
 *
 * @example
 * const onError = createErrorMapper();
 * app.onError(onError);
 * app.notFound(createNotFoundHandler(app, onError));
 */
export function createNotFoundHandler(app: Routes, onError: ErrorHandler): NotFoundHandler {
  return (c) => {
    const allowed = listAllowedMethods(app, c.req.path);
    if (allowed.length > 0 && c.req.method === "OPTIONS") return c.body(null, 204, { Allow: allowed.join(", ") });
    return onError(faultOf(c, allowed), c);
  };
}

/** The methods that some route takes on this path, sorted; with HEAD where there is GET, and OPTIONS. */
export function listAllowedMethods(app: Routes, path: string): string[] {
  const methods = new Set(app.routes.map((route) => route.method).filter((method) => method !== "ALL"));
  const allowed = [...methods].filter((method) => hasRoute(app, method, path));
  if (allowed.length === 0) return [];
  return [...new Set([...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].toSorted();
}

function hasRoute(app: Routes, method: string, path: string): boolean {
  return app.router.match(method, path)[0].some(([[, route]]) => route.method === method);
}

function faultOf(c: Context, allowed: readonly string[]): BaseAppError {
  if (allowed.length === 0) return new FoundationError("ROUTE_NOT_FOUND");
  const detail = `${c.req.method} is not allowed here; ${allowed.join(", ")} are.`;
  return new FoundationError("METHOD_NOT_ALLOWED", { detail, headers: { Allow: allowed.join(", ") } });
}
