import { BoundFields } from "./bound-fields.ts";
import { LogDraft } from "./log-draft.ts";
import { type LogLevel, logLevels } from "./log-level.ts";
import type { ActiveTrace, LogFields, LogSink } from "./log-record.ts";
import { createProcessors, type LogProcessor } from "./processors.ts";

type LogMethod = (message: string, fields?: LogFields) => void;

/** Writes lines to sinks. No value given to it can make it throw. */
export interface Logger extends Readonly<Record<LogLevel, LogMethod>> {
  /** A logger whose every line carries these fields too. */
  child(bindings: LogFields): Logger;
  /** Whether a line of this level would be written: for fields that cost something to gather. */
  isEnabled(level: LogLevel): boolean;
  /** Resolves when every sink has passed on what it holds, or the time is over. */
  flush(timeoutMs: number): Promise<void>;
}

export interface LoggerOptions {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  readonly sinks: readonly LogSink[];
  /** Gives the active span; without it, lines have the trace of their request alone. */
  readonly activeTrace?: ActiveTrace | undefined;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly nowMs?: () => number;
  /** In place of {@link createProcessors}' list. */
  readonly processors?: readonly LogProcessor[];
}

/**
 * Makes a logger: each line goes through the processors, one after the other, and then to each sink.
 *
 * @example
 * const logger = createLogger({ level: "info", sinks: [createLineSink({ render: renderJson, write: console.log })] });
 * logger.info("posted", { entry_id: entry.id, lines: 3 });
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, sinks, activeTrace, nowMs = Date.now } = options;
  const processors = options.processors ?? createProcessors({ activeTrace, nowMs });
  return loggerOf({ threshold: logLevels.indexOf(level), processors, sinks }, BoundFields.none);
}

interface Core {
  /** The index in `logLevels` of the lowest level that is written. */
  readonly threshold: number;
  readonly processors: readonly LogProcessor[];
  readonly sinks: readonly LogSink[];
}

function loggerOf(core: Core, bound: BoundFields): Logger {
  const { threshold, processors, sinks } = core;
  const isEnabled = (level: LogLevel): boolean => logLevels.indexOf(level) >= threshold;
  const methodFor = (level: LogLevel): LogMethod => {
    if (!isEnabled(level)) return writeNothing;
    return (message, fields) => {
      const draft = new LogDraft(level, message, bound, fields);
      for (const step of processors) step(draft);
      for (const sink of sinks) sink.write(draft);
    };
  };
  return {
    trace: methodFor("trace"),
    debug: methodFor("debug"),
    info: methodFor("info"),
    warn: methodFor("warn"),
    error: methodFor("error"),
    fatal: methodFor("fatal"),
    child: (bindings) => loggerOf(core, bound.with(bindings)),
    isEnabled,
    flush: async (timeoutMs) => {
      await Promise.all(sinks.map((sink) => sink.flush?.(timeoutMs)));
    },
  };
}

function writeNothing(): void {}
