import { describeError } from "./describe-error.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Readonly<Record<string, unknown>>;

type LogMethod = (message: string, fields?: LogFields) => void;

/** Writes one JSON object a line. No value given to it can make it throw. */
export interface Logger extends Readonly<Record<LogLevel, LogMethod>> {
  /** A logger whose every line carries these fields too. */
  child(bindings: LogFields): Logger;
  /** Whether a line of this level would be written: for fields that cost something to gather. */
  isEnabled(level: LogLevel): boolean;
}

export interface LoggerOptions {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** Receives one line at a time, without its newline. */
  readonly write: (line: string) => void;
  readonly now?: () => Date;
  readonly bindings?: LogFields;
}

/**
 * Makes a logger of `{"timestamp", "level", "message", …fields}` lines. `timestamp` is ISO 8601 in UTC. Fields named
 * like these three are dropped. Control characters come out escaped, so that a line stays one line in any terminal.
 */
export function createLogger(options: LoggerOptions): Logger {
  const now = options.now ?? (() => new Date());
  const bindings = options.bindings ?? {};
  const threshold = logLevels.indexOf(options.level);
  const isEnabled = (level: LogLevel): boolean => logLevels.indexOf(level) >= threshold;
  const methodFor =
    (level: LogLevel): LogMethod =>
    (message, fields = {}) => {
      if (isEnabled(level)) options.write(toLine({ timestamp: now().toISOString(), level, message }, bindings, fields));
    };
  return {
    trace: methodFor("trace"),
    debug: methodFor("debug"),
    info: methodFor("info"),
    warn: methodFor("warn"),
    error: methodFor("error"),
    fatal: methodFor("fatal"),
    child: (more) => createLogger({ ...options, bindings: { ...bindings, ...more } }),
    isEnabled,
  };
}

type Head = Readonly<{ timestamp: string; level: LogLevel; message: string }>;

function toLine(head: Head, bindings: LogFields, fields: LogFields): string {
  try {
    return escapeControls(JSON.stringify({ ...head, ...bindings, ...fields, ...head }, toJsonValue));
  } catch {
    return escapeControls(JSON.stringify({ ...salvage(bindings), ...salvage(fields), ...head }));
  }
}

/** Field by field, for records in which some value throws (a cycle, a getter, a `toJSON`). */
function salvage(fields: LogFields): LogFields {
  try {
    return Object.fromEntries(Object.keys(fields).map((key) => [key, salvageField(fields, key)]));
  } catch {
    return { log_fault: "the fields could not be read" };
  }
}

function salvageField(fields: LogFields, key: string): unknown {
  try {
    const text: string | undefined = JSON.stringify(fields[key], toJsonValue);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return "[unserializable]";
  }
}

function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "symbol" || typeof value === "function") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Error) return describeError(value);
  return value;
}

/** JSON.stringify escapes U+0000–U+001F; DEL, the C1 controls and the two Unicode line breaks are left to us. */
const unescapedControls = /[\u007f-\u009f\u2028\u2029]/g;

function escapeControls(line: string): string {
  return line.replace(unescapedControls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
