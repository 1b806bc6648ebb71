import type { LogLevel } from "./log-level.ts";
import type { LogFields } from "./log-record.ts";
import { roundMs } from "./log-timing.ts";
import type { Logger } from "./logger.ts";
import { settleWith } from "./settle-with.ts";

export interface ExternalApiLogOptions {
  /** Who is called: `stripe`, `s3`. */
  readonly service: string;
  /** What is called; the function's own name by default. */
  readonly function?: string;
  /** Logs how many arguments a call had, and the key names of an options object that is the last; never a value. */
  readonly logArgs?: boolean;
  /** Of calls that succeed: `info` by default. Failures are errors. */
  readonly level?: LogLevel;
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly elapsedMs?: () => number;
}

/** Names of an options object that are logged. */
const keyNamesMax = 20;

/**
 * Wraps a function that calls somebody else's service, synchronous or asynchronous: each call is logged when it has ended,
 * with service, function, `duration_ms` and success, a failure with its error and `error.type`. The wrapped function
 * gives and throws what the function does.
 *
 * @example
 * const putObject = withExternalApiLog(logger, { service: "s3", logArgs: true }, client.putObject);
 */
export function withExternalApiLog<Args extends unknown[], T>(
  logger: Logger,
  options: ExternalApiLogOptions,
  call: (...args: Args) => T,
): (...args: Args) => T {
  const { service, level = "info", logArgs = false, elapsedMs = () => performance.now() } = options;
  const called = { service, function: options.function ?? call.name };
  return (...args) => {
    const given = logArgs ? describeArgs(args) : {};
    const startedAt = elapsedMs();
    return settleWith(
      () => call(...args),
      (outcome) => {
        const fields = { ...called, ...given, duration_ms: roundMs(elapsedMs() - startedAt), success: outcome.success };
        if (outcome.success) logger[level]("external call", fields);
        else logger.error("external call failed", { ...fields, ...failureFields(outcome.error) });
      },
    );
  };
}

function failureFields(error: unknown): LogFields {
  return { "error.type": error instanceof Error ? error.name : typeof error, error };
}

function describeArgs(args: readonly unknown[]): LogFields {
  const last = args.at(-1);
  const names = isOptions(last) ? { args_keys: Object.keys(last).slice(0, keyNamesMax) } : {};
  return { args_count: args.length, ...names };
}

function isOptions(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
