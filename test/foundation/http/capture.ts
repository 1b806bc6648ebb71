import { type Logger, type LogLevel, setUpLogging } from "../../../src/foundation/logging/index.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly error_id?: string;
  readonly error?: unknown;
  readonly [field: string]: unknown;
}

/** A logger whose lines can be read back. */
export function captureLogger(level: LogLevel = "trace"): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  return { logger: setUpLogging({ level, debug: false, write: (line) => lines.push(JSON.parse(line)) }), lines };
}
