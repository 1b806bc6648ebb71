import { describeError, type ErrorDescription } from "./describe-error.ts";
import type { LogLevel } from "./log-level.ts";
import type { LogFields } from "./log-record.ts";
import type { Logger } from "./logger.ts";

export interface LogExceptionOptions {
  /** What was being done. */
  readonly context?: string;
  readonly fields?: LogFields;
  /** Whether stacks are logged, the causes' too: true by default. */
  readonly stack?: boolean;
  /** `error` by default. */
  readonly level?: LogLevel;
}

/**
 * Logs whatever was thrown: its message (for a database error its type, as its message quotes values), `error.type`,
 * the context, and the description of the error with its causes.
 */
export function logException(logger: Logger, thrown: unknown, options: LogExceptionOptions = {}): void {
  const { context, fields = {}, stack = true, level = "error" } = options;
  const described = describeError(thrown);
  logger[level](described.message ?? described.type, {
    ...fields,
    ...(context === undefined ? {} : { context }),
    "error.type": described.type,
    error: stack ? described : withoutStacks(described),
  });
}

function withoutStacks({ stack: _, cause, errors, ...rest }: ErrorDescription): ErrorDescription {
  return {
    ...rest,
    ...(cause === undefined ? {} : { cause: withoutStacks(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(withoutStacks) }),
  };
}
