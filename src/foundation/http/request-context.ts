import type { Context, MiddlewareHandler } from "hono";
import { v7 as uuidV7 } from "uuid";
import type { Logger } from "../logging/logger.ts";
import { createTraceContext, formatTraceparent, type TraceContext } from "../telemetry/trace-context.ts";

/** What `requestContext` puts on every request's context. */
export interface RequestVariables {
  /** The caller's `X-Request-ID` where it was acceptable, or one made here. */
  requestId: string;
  trace: TraceContext;
  /** A logger whose lines carry `request_id`, `trace_id` and `span_id`. */
  logger: Logger;
  /** On the monotonic clock, in milliseconds: only for differences. */
  startedAt: number;
  /** The id of the error that was answered; set by the error mapper. */
  errorId?: string;
}

export interface RequestContextOptions {
  readonly logger: Logger;
  /** Makes a request id where the caller brought none; UUIDv7 by default. */
  readonly newRequestId?: () => string;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
}

const requestIdPattern = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * The outermost middleware: gives a request its ids, trace and logger, and puts `X-Request-ID` and `traceparent` on
 * every answer, whoever made it. An `X-Request-ID` is taken over only if it is 1 to 128 characters of
 * `A–Z a–z 0–9 . _ : / + = @ -`; anything else is replaced, never refused.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export function requestContext(options: RequestContextOptions): MiddlewareHandler<{ Variables: RequestVariables }> {
  const newRequestId = options.newRequestId ?? uuidV7;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  return async (c, next) => {
    const trace = createTraceContext(c.req.header("traceparent") ?? null, c.req.header("tracestate") ?? null);
    const offered = c.req.header("x-request-id") ?? "";
    const requestId = requestIdPattern.test(offered) ? offered : newRequestId();
    c.set("startedAt", elapsedMs());
    c.set("requestId", requestId);
    c.set("trace", trace);
    c.set("logger", options.logger.child({ request_id: requestId, trace_id: trace.traceId, span_id: trace.spanId }));
    const headers = { "X-Request-ID": requestId, traceparent: formatTraceparent(trace) };
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    await next();
    keepHeaders(c, headers);
  };
}

/** A handler that returns a `Response` of its own drops the headers that were set before it. */
function keepHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (c.res.headers.get(name) !== value) c.header(name, value);
  }
}
