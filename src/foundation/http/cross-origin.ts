import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

export interface CrossOriginOptions {
  /** Exact origins (`https://app.example.com`), or `*` for any; none: nothing is answered to other origins. */
  readonly origins: readonly string[] | "*";
  /** Header fields of requests that scripts may set. */
  readonly requestHeaders: readonly string[];
  /** Header fields of answers that scripts may read. */
  readonly exposedHeaders: readonly string[];
}

/** Chromium keeps a preflight's answer no longer than two hours, whatever it is told. */
const preflightSecondsMax = 7_200;

/**
 * Lets scripts of other origins use the API. Mount it before whatever may refuse a request, so that a script can read
 * why, and so that a preflight, which carries no credential, is not asked for one. Cookies are never let in: a caller
 * is who its `Authorization` says. Where the origins are listed, every answer says `Vary: Origin`.
 *
 * An OPTIONS request that is no preflight passes.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function crossOrigin(options: CrossOriginOptions): MiddlewareHandler {
  const { origins, requestHeaders, exposedHeaders } = options;
  if (origins.length === 0) return (_c, next) => next();
  const answer = cors({
    origin: origins === "*" ? origins : [...origins],
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: [...requestHeaders],
    exposeHeaders: [...exposedHeaders],
    maxAge: preflightSecondsMax,
  });
  return (c, next) => {
    const isPreflight = c.req.header("access-control-request-method") !== undefined;
    return c.req.method === "OPTIONS" && !isPreflight ? next() : answer(c, next);
  };
}
