/**
 * Structured logging for any runtime: lines carry what was bound to their request, and hold neither secrets nor control
 * characters, whatever was logged.
 *
 * @example
 * import { createLogger, createLineSink, renderJson, withLogContext } from "footing/logging";
 *
 * const write = (line: string) => console.log(line);
 * const logger = createLogger({ level: "info", sinks: [createLineSink({ render: renderJson, write })] });
 * withLogContext({ request_id: "r-1" }, () => logger.info("paid", { amount: 10n, password: "hunter2" }));
 * // {"timestamp":"…","level":"info","message":"paid","amount":"10","password":"[redacted]","request_id":"r-1"}
 *
 * @module
 */
export type { ErrorDescription } from "./describe-error.ts";
export { describeError } from "./describe-error.ts";
export { type ExternalApiLogOptions, withExternalApiLog } from "./external-api-log.ts";
export { createLineBuffer, type LineBuffer, type LineBufferOptions } from "./line-buffer.ts";
export { createLineSink, type LineSinkOptions } from "./line-sink.ts";
export { addToRequestLine, bindLogContext, countInRequestLine, keepLogContext, withLogContext } from "./log-context.ts";
export type { LogDraft } from "./log-draft.ts";
export { type LogExceptionOptions, logException } from "./log-exception.ts";
export { type LogLevel, logLevels, severityNumbers } from "./log-level.ts";
export type { ActiveTrace, LogFields, LogRecord, LogSink, TraceIds } from "./log-record.ts";
export { type LogTimingOptions, logTiming } from "./log-timing.ts";
export { createLogger, type Logger, type LoggerOptions } from "./logger.ts";
export { createProcessors, type LogProcessor, type ProcessorOptions } from "./processors.ts";
export { createRedactor, type Redactor } from "./redaction/redactor.ts";
export { renderJson } from "./render-json.ts";
export { createPeopleRenderer } from "./render-people.ts";
export { type LoggingOptions, setUpLogging, wantsColour } from "./set-up-logging.ts";
export { logBounds } from "./to-plain.ts";
