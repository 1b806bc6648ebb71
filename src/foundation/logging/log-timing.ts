import type { LogLevel } from "./log-level.ts";
import type { LogFields } from "./log-record.ts";
import type { Logger } from "./logger.ts";
import { settleWith } from "./settle-with.ts";

export interface LogTimingOptions {
  /** Fields of the line; the body may add to them. */
  readonly context?: LogFields;
  /** `info` by default. */
  readonly level?: LogLevel;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
}

/**
 * Runs a body, synchronous or asynchronous, and logs `operation` and `duration_ms` once it has ended, with the context
 * as the body left it. What the body gives or throws is passed on as it is; a failure is logged with `success: false`
 * and the error, at the same level.
 *
 * @example
 * const rows = await logTiming(logger, "import", async (context) => {
 *   const read = await readRows();
 *   context.rows = read.length;
 *   return read;
 * });
 */
export function logTiming<T>(
  logger: Logger,
  operation: string,
  body: (context: Record<string, unknown>) => T,
  options: LogTimingOptions = {},
): T {
  const { level = "info", elapsedMs = () => performance.now() } = options;
  const context: Record<string, unknown> = { ...options.context };
  const startedAt = elapsedMs();
  return settleWith(
    () => body(context),
    (outcome) => {
      const failure = outcome.success ? {} : { error: outcome.error };
      const duration_ms = roundMs(elapsedMs() - startedAt);
      logger[level](operation, { ...context, operation, duration_ms, success: outcome.success, ...failure });
    },
  );
}

/** Milliseconds to the microsecond. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
