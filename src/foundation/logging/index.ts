export type { ErrorDescription } from "./describe-error.ts";
export { describeError } from "./describe-error.ts";
export type { LogFields, Logger, LoggerOptions, LogLevel } from "./logger.ts";
export { createLogger, logLevels } from "./logger.ts";
