import type { Context, MiddlewareHandler } from "hono";
import { v7 as uuidV7 } from "uuid";
import { withLogContext } from "../logging/log-context.ts";
import { createTraceContext, findActiveSpan, formatTraceparent, type SpanPlace } from "../telemetry/trace-context.ts";
import { findRoutePattern } from "./route-pattern.ts";

/** What `requestContext` puts on every request's context. */
export interface RequestVariables {
  /** The caller's `X-Request-ID` where it was acceptable, or one made here. */
  requestId: string;
  /** The server span; where nothing is traced, ids made as for one. */
  trace: SpanPlace;
  /** On the monotonic clock, in milliseconds: only for differences. */
  startedAt: number;
  /** The id of the error that was answered; set by the error mapper. */
  errorId?: string;
}

export interface RequestContextOptions {
  /** Makes a request id where the caller brought none; UUIDv7 by default. */
  readonly newRequestId?: () => string;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
}

const requestIdPattern = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * The outermost middleware, within `serverSpan` where there is one: gives a request its ids and trace, to every log line of it too, and puts `X-Request-ID` and
 * `traceparent` on every answer, whoever made it. An `X-Request-ID` is taken over only if it is 1 to 128 characters of
 * `A–Z a–z 0–9 . _ : / + = @ -`; anything else is replaced, never refused.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export function requestContext(
  options: RequestContextOptions = {},
): MiddlewareHandler<{ Variables: RequestVariables }> {
  const newRequestId = options.newRequestId ?? uuidV7;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  return async (c, next) => {
    const trace = findActiveSpan() ?? createTraceContext(c.req.header("traceparent") ?? null);
    const offered = c.req.header("x-request-id") ?? "";
    const requestId = requestIdPattern.test(offered) ? offered : newRequestId();
    c.set("startedAt", elapsedMs());
    c.set("requestId", requestId);
    c.set("trace", trace);
    const headers = { "X-Request-ID": requestId, traceparent: formatTraceparent(trace) };
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const route = findRoutePattern(c) ?? undefined;
    const fields = { request_id: requestId, "http.request.method": c.req.method, "http.route": route };
    await withLogContext(fields, next, trace);
    keepHeaders(c, headers);
  };
}

/** A handler that returns a `Response` of its own drops the headers that were set before it. */
function keepHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (c.res.headers.get(name) !== value) c.header(name, value);
  }
}
