import type { LogLevel } from "./log-level.ts";

export type LogFields = Readonly<Record<string, unknown>>;

/** Where a line was written, in a distributed trace. */
export interface TraceIds {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
}

/** Gives the span that is active now, or null where none is. */
export type ActiveTrace = () => TraceIds | null;

/** A line as sinks get it, after all processors: plain, bounded, redacted. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  /** OpenTelemetry's severity number. */
  readonly severityNumber: number;
  readonly message: string;
  /** Null outside every trace. */
  readonly trace: TraceIds | null;
  /**
   * The line's own fields over those bound to its request and its logger, `trace_id` and `span_id` included: strings,
   * finite numbers, booleans, nulls, and arrays and objects of them. Made when it is first asked for.
   */
  readonly fields: LogFields;
}

/** Takes records, one after the other. It never throws and never waits. */
export interface LogSink {
  write(record: LogRecord): void;
  /** Resolves when everything written has left, or the time is over. */
  flush?(timeoutMs: number): Promise<void>;
}
