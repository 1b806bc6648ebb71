import type { ErrorDescription } from "../logging/describe-error.ts";
import type { LogFields } from "../logging/log-record.ts";

/** An exception as OpenTelemetry's conventions name it, on a log record and on a span's event alike. */
export interface ExceptionAttributes {
  "exception.type": string;
  "exception.message"?: string;
  "exception.stacktrace"?: string;
}

const causesMax = 8;

/**
 * The attributes of a described error, the stacks of its causes below its own.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function exceptionAttributes(error: ErrorDescription): ExceptionAttributes {
  const stacks: string[] = [];
  let cause: ErrorDescription | undefined = error;
  for (let depth = 0; cause !== undefined && depth < causesMax; depth += 1) {
    stacks.push(depth === 0 ? stackOf(cause) : `Caused by: ${stackOf(cause)}`);
    cause = cause.cause;
  }
  return {
    "exception.type": error.type,
    ...(error.message === undefined ? {} : { "exception.message": error.message }),
    "exception.stacktrace": stacks.join("\n"),
  };
}

function stackOf(error: ErrorDescription): string {
  const head = [error.type, error.message ?? error.sqlstate].filter((part) => part !== undefined).join(": ");
  const stack = error.stack ?? "";
  if (stack === "") return head;
  return stack.startsWith(" ") ? `${head}\n${stack}` : stack;
}

/** What a log record carries: the line's fields, less the ids that the record has a place of its own for. */
export function logAttributes(fields: LogFields): Record<string, unknown> {
  const { trace_id: _trace, span_id: _span, error, ...rest } = fields;
  if (!isDescription(error)) return error === undefined ? rest : { ...rest, error };
  return { ...rest, ...exceptionAttributes(error), error };
}

function isDescription(error: unknown): error is ErrorDescription {
  return typeof error === "object" && error !== null && "type" in error && typeof error.type === "string";
}
