import type { LogRecord, LogSink } from "./log-record.ts";

export interface LineSinkOptions {
  readonly render: (record: LogRecord) => string;
  /** Receives one line at a time, without its newline. */
  readonly write: (line: string) => void;
  readonly flush?: (timeoutMs: number) => Promise<void>;
}

/** A sink of lines of text. */
export function createLineSink({ render, write, flush }: LineSinkOptions): LogSink {
  return { write: (record) => write(render(record)), ...(flush === undefined ? {} : { flush }) };
}
