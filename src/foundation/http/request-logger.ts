import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { describeError } from "../logging/describe-error.ts";
import type { LogFields, LogLevel } from "../logging/logger.ts";
import type { RequestVariables } from "./request-context.ts";

export interface RequestLoggerOptions {
  /** Who the request turned out to be from, once it is over. */
  readonly userId?: (c: Context) => string | undefined;
  /** Monotonic milliseconds, as given to `requestContext`; `performance.now` by default. */
  readonly elapsedMs?: () => number;
  /** Paths whose successful requests are logged at debug; `/health` by default. */
  readonly quietPaths?: ReadonlySet<string>;
}

const pathLengthMax = 512;

/**
 * Writes one line a request when it is over: error for 5xx, warn for 4xx, info otherwise. The route is its pattern,
 * absent where none matched. A 5xx carries the error with its causes, once. Neither the query nor a body is ever
 * logged. Mount it right inside `requestContext`.
 */
export function requestLogger(options: RequestLoggerOptions = {}): MiddlewareHandler<{ Variables: RequestVariables }> {
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  const quietPaths = options.quietPaths ?? new Set(["/health"]);
  return async (c, next) => {
    let escaped: unknown;
    try {
      await next();
    } catch (thrown) {
      escaped = thrown ?? new Error(`${thrown} was thrown`);
      throw thrown;
    } finally {
      const status = escaped === undefined ? c.res.status : 500;
      const error = escaped ?? c.error;
      const level = levelOf(status, quietPaths.has(c.req.path));
      c.get("logger")[level]("request", {
        "http.request.method": c.req.method,
        "http.route": findRoutePattern(c) ?? undefined,
        "url.path": c.req.path.slice(0, pathLengthMax),
        "http.response.status_code": status,
        duration_ms: Math.round((elapsedMs() - c.get("startedAt")) * 1_000) / 1_000,
        "http.request.body.size": lengthOf(c.req.raw.headers),
        "http.response.body.size": escaped === undefined ? lengthOf(c.res.headers) : undefined,
        "user.id": options.userId?.(c),
        ...errorFields(c.get("errorId"), status, error),
      });
    }
  };
}

/** The pattern of the route that the request matched (`/books/:book_id`), or null where only middleware did. */
export function findRoutePattern(c: Context): string | null {
  return matchedRoutes(c).findLast((route) => route.method !== "ALL")?.path ?? null;
}

function levelOf(status: number, quiet: boolean): LogLevel {
  if (status >= 500) return "error";
  if (status >= 400) return "warn";
  return quiet ? "debug" : "info";
}

function errorFields(errorId: string | undefined, status: number, error: unknown): LogFields {
  return {
    ...(errorId === undefined ? {} : { error_id: errorId }),
    ...(status >= 500 && error !== undefined ? { error: describeError(error) } : {}),
  };
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^[0-9]{1,15}$/.test(length) ? Number(length) : undefined;
}
