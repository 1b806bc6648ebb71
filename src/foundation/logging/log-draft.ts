import { type BoundFields, isReserved } from "./bound-fields.ts";
import type { LogLevel } from "./log-level.ts";
import { severityNumbers } from "./log-level.ts";
import type { LogFields, LogRecord, TraceIds } from "./log-record.ts";
import { logBounds, readEntries } from "./to-plain.ts";

/**
 * A line while processors work on it. Its own fields stand in two arrays, `keys[i]` and `values[i]`: what the caller
 * gave is never changed, and a pass over them costs next to nothing.
 */
export class LogDraft implements LogRecord {
  timeMs = 0;
  severityNumber = severityNumbers.info;
  trace: TraceIds | null = null;
  readonly level: LogLevel;
  message: string;
  /** What the logger, then also the request, gives to each of its lines. */
  bound: BoundFields;
  readonly keys: string[];
  readonly values: unknown[];
  #fields: LogFields | null = null;

  constructor(level: LogLevel, message: string, bound: BoundFields, fields: LogFields | undefined) {
    this.level = level;
    this.message = message;
    this.bound = bound;
    this.keys = [];
    this.values = [];
    if (fields !== undefined) readEntries(fields, logBounds.fieldsMax, this.keys, this.values);
  }

  get fields(): LogFields {
    this.#fields ??= this.#merge();
    return this.#fields;
  }

  #merge(): LogFields {
    const { bound, trace, keys, values } = this;
    const fields: Record<string, unknown> = Object.assign(Object.create(null), bound.fields);
    for (const [index, key] of keys.entries()) {
      const value = values[index];
      if (value !== undefined && !isReserved(key)) fields[key] = value;
    }
    if (trace !== null) Object.assign(fields, { trace_id: trace.traceId, span_id: trace.spanId });
    return fields;
  }
}
