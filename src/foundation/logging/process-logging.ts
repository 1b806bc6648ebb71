import { createDescriptorOutput } from "./descriptor-output.ts";
import { createLineBuffer } from "./line-buffer.ts";
import type { Logger } from "./logger.ts";
import { type LoggingOptions, setUpLogging, wantsColour } from "./set-up-logging.ts";

export interface ProcessOutputOptions {
  /** Whether what it says of itself is for people. */
  readonly debug: boolean;
  /** What may wait for a reader that stalls, in bytes: 8 MiB by default. */
  readonly bytesMax?: number;
  /** Told once, when standard output takes no more: whoever read the log has gone. */
  readonly onFailure?: (error: unknown) => void;
}

export interface ProcessLoggingOptions
  extends ProcessOutputOptions,
    Pick<LoggingOptions, "level" | "debug" | "activeTrace" | "moreSinks"> {}

/** Where the lines of a process go: standard output, buffered for a few milliseconds. Several loggers may share it. */
export type ProcessOutput = Required<Pick<LoggingOptions, "colour" | "write" | "flush">>;

/**
 * The logger of a process on Bun or Node: lines go to standard output. Handlers of signals and of uncaught exceptions `await
 * logger.flush(…)` before they end the process; then nothing is lost. What waits when `process.exit` comes without
 * that is written as the process exits, unless a write is just under way. SIGKILL loses the last few milliseconds.
 */
export function setUpProcessLogging({
  level,
  debug,
  activeTrace,
  moreSinks,
  ...output
}: ProcessLoggingOptions): Logger {
  return setUpLogging({
    level,
    debug,
    ...createProcessOutput({ ...output, debug }),
    ...(activeTrace === undefined ? {} : { activeTrace }),
    ...(moreSinks === undefined ? {} : { moreSinks }),
  });
}

/** The output of {@link setUpProcessLogging}, for more than one logger: one process has one of it. */
export function createProcessOutput({ debug, bytesMax, onFailure }: ProcessOutputOptions): ProcessOutput {
  const output = createDescriptorOutput();
  const lines = createLineBuffer({
    write: output.write,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    ...(onFailure === undefined ? {} : { onFailure }),
    onRecovery: (dropped) => own.warn("log lines were dropped while the output stalled", { dropped_lines: dropped }),
  });
  const made: ProcessOutput = {
    colour: wantsColour({ isTerminal: process.stdout.isTTY, noColor: process.env["NO_COLOR"] }),
    write: lines.push,
    flush: lines.flush,
  };
  const own = setUpLogging({ level: "warn", debug, ...made });
  process.on("exit", () => {
    const rest = lines.take();
    if (rest !== null) output.writeNow(rest);
  });
  return made;
}
