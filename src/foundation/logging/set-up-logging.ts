import { createLineSink, type LineSinkOptions } from "./line-sink.ts";
import type { LogLevel } from "./log-level.ts";
import type { ActiveTrace, LogSink } from "./log-record.ts";
import { createLogger, type Logger } from "./logger.ts";
import { renderJson } from "./render-json.ts";
import { createPeopleRenderer } from "./render-people.ts";

export interface LoggingOptions {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** Lines for people in place of JSON. */
  readonly debug: boolean;
  /** Whether lines for people are coloured: {@link wantsColour}. */
  readonly colour?: boolean;
  readonly write: LineSinkOptions["write"];
  readonly flush?: LineSinkOptions["flush"];
  readonly activeTrace?: ActiveTrace;
  /** Where records go besides (an exporter). */
  readonly moreSinks?: readonly LogSink[];
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly nowMs?: () => number;
}

/** The logger of a process or isolate: lines for people in debug mode, one JSON object a line otherwise. */
export function setUpLogging(options: LoggingOptions): Logger {
  const { level, debug, colour = false, write, flush, activeTrace, moreSinks = [], nowMs = Date.now } = options;
  const render = debug ? createPeopleRenderer({ colour }) : renderJson;
  const lines = createLineSink({ render, write, ...(flush === undefined ? {} : { flush }) });
  return createLogger({ level, sinks: [lines, ...moreSinks], activeTrace, nowMs });
}

/**
 * Whether to colour: on a terminal, unless NO_COLOR is set and not empty.
 *
 * @see https://no-color.org
 */
export function wantsColour(output: { readonly isTerminal: boolean; readonly noColor: string | undefined }): boolean {
  return output.isTerminal && (output.noColor ?? "") === "";
}
