import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { TelemetryReporter } from "./export-health.ts";
import type { BatchExporter, OtlpCodec } from "./exporter.ts";

/** A file that grows at its end. */
export interface SpanFile {
  /** Appends whole lines; gives the file's size after them, in bytes. */
  append(lines: Uint8Array): Promise<number>;
  /** Puts what was written aside, in place of what was put aside before. */
  rotate(): Promise<void>;
}

export interface FileExporterOptions {
  readonly file: SpanFile;
  /** The JSON serialiser of the SDK. */
  readonly codec: Pick<OtlpCodec<ReadableSpan[]>, "serializeRequest">;
  /** A file that has reached this size is put aside, so that two of them, and a line each, is all that is ever kept. */
  readonly bytesMax: number;
  readonly reporter: TelemetryReporter;
}

/** Of one line: what reads it back holds a line at a time. */
const spansALineMax = 64;
const lineFeed = 10;

/**
 * Writes spans to a file, each line an ExportTraceServiceRequest in OTLP's JSON, one write at a time. What cannot be written
 * is lost: one warning says so, and one line says when it works again and what was lost.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */
export function createFileExporter(options: FileExporterOptions): BatchExporter<ReadableSpan[]> {
  const { file, codec, bytesMax, reporter } = options;
  let queue: Promise<void> = Promise.resolve();
  let lostSpans = 0;

  async function write(spans: ReadableSpan[]): Promise<void> {
    for (let at = 0; at < spans.length; at += spansALineMax) {
      const some = spans.slice(at, at + spansALineMax);
      try {
        await writeLine(codec.serializeRequest(some) ?? new Uint8Array());
        if (lostSpans > 0) reporter.info("spans are written again", { lost_spans: lostSpans });
        lostSpans = 0;
      } catch (error) {
        if (lostSpans === 0) reporter.warn("spans are being lost: they cannot be written to their file", { error });
        lostSpans += some.length;
      }
    }
  }

  async function writeLine(request: Uint8Array): Promise<void> {
    // After a failed write the file may end within a line.
    const start = lostSpans > 0 ? 1 : 0;
    const line = new Uint8Array(start + request.length + 1).fill(lineFeed);
    line.set(request, start);
    if ((await file.append(line)) >= bytesMax) await file.rotate();
  }

  return {
    export: (spans) => {
      queue = queue.then(() => write(spans));
      return queue;
    },
    // Nothing is tried again, so there is nothing to give up.
    close: () => undefined,
  };
}
