import { createDescriptorOutput } from "./descriptor-output.ts";
import { createLineBuffer } from "./line-buffer.ts";
import type { Logger } from "./logger.ts";
import { type LoggingOptions, setUpLogging, wantsColour } from "./set-up-logging.ts";

export interface ProcessLoggingOptions extends Pick<LoggingOptions, "level" | "debug" | "activeTrace" | "moreSinks"> {
  /** What may wait for a reader that stalls, in bytes: 8 MiB by default. */
  readonly bytesMax?: number;
  /** Told once, when standard output takes no more: whoever read the log has gone. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * The logger of a process on Bun or Node: lines go to standard output, buffered for a few milliseconds. Handlers of signals
 * and of uncaught exceptions `await logger.flush(…)` before they end the process; then nothing is lost. What waits when
 * `process.exit` comes without that is written as the process exits, unless a write is just under way. SIGKILL
 * loses the last few milliseconds.
 */
export function setUpProcessLogging(options: ProcessLoggingOptions): Logger {
  const { bytesMax, onFailure, ...logging } = options;
  const output = createDescriptorOutput();
  const lines = createLineBuffer({
    write: output.write,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    ...(onFailure === undefined ? {} : { onFailure }),
    onRecovery: (dropped) => logger.warn("log lines were dropped while the output stalled", { dropped_lines: dropped }),
  });
  const logger = setUpLogging({
    ...logging,
    colour: wantsColour({ isTerminal: process.stdout.isTTY, noColor: process.env["NO_COLOR"] }),
    write: lines.push,
    flush: lines.flush,
  });
  process.on("exit", () => {
    const rest = lines.take();
    if (rest !== null) output.writeNow(rest);
  });
  return logger;
}
