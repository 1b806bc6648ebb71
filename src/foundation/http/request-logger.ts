import type { Context } from "hono";
import { describeError } from "../logging/describe-error.ts";
import { findLogScope } from "../logging/log-context.ts";
import type { LogLevel } from "../logging/log-level.ts";
import { roundMs } from "../logging/log-timing.ts";
import type { Logger } from "../logging/logger.ts";
import { isProbe } from "./probes.ts";
import type { AnswerStep } from "./request-context.ts";

export interface RequestLoggerOptions {
  readonly logger: Logger;
  /** Monotonic milliseconds, as given to `requestContext`; `performance.now` by default. */
  readonly elapsedMs?: () => number;
  /** Whether a path's successful requests are logged at debug; those of probes by default. */
  readonly isQuiet?: (path: string) => boolean;
}

const pathLengthMax = 512;

/**
 * Writes one line a request when its handler is through: error for 5xx, warn for 4xx, info otherwise. Besides what is bound
 * to the request (method, route pattern, ids, user) it has the status, duration and sizes, the error id, for a 5xx the
 * error with its causes, once, and whatever `addToRequestLine` and `countInRequestLine` gave. Neither the query nor
 * a body is ever logged. An answer that is streamed has its line when it begins, without a size. It is for `requestContext`'s
 * `onAnswer`.
 */
export function requestLogger(options: RequestLoggerOptions): AnswerStep {
  const { logger } = options;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  const isQuiet = options.isQuiet ?? isProbe;
  return (c, escaped) => {
    const status = escaped === undefined ? c.res.status : 500;
    const level = levelOf(status, isQuiet(c.req.path));
    if (!logger.isEnabled(level)) return;
    logger[level]("request", {
      "url.path": c.req.path.slice(0, pathLengthMax),
      "http.response.status_code": status,
      duration_ms: roundMs(elapsedMs() - c.get("startedAt")),
      "http.request.body.size": declaredLength(c.req.raw.headers),
      "http.response.body.size": escaped === undefined ? sizeOf(c) : undefined,
      ...findLogScope()?.requestLine,
      error_id: c.get("errorId"),
      error: status >= 500 ? describeAnswered(escaped ?? c.error) : undefined,
    });
  };
}

function levelOf(status: number, quiet: boolean): LogLevel {
  if (status >= 500) return "error";
  if (status >= 400) return "warn";
  return quiet ? "debug" : "info";
}

function describeAnswered(error: unknown): unknown {
  return error === undefined ? undefined : describeError(error);
}

function sizeOf(c: Context): number | undefined {
  return c.req.method === "HEAD" ? undefined : (c.get("answerBytes") ?? declaredLength(c.res.headers));
}

function declaredLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^[0-9]{1,15}$/.test(length) ? Number(length) : undefined;
}
