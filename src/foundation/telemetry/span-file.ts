import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { TelemetryReporter } from "./export-health.ts";
import type { BatchExporter } from "./exporter.ts";
import { createFileExporter, type SpanFile } from "./file-exporter.ts";

export interface SpanFileOptions {
  readonly path: string;
  readonly bytesMax: number;
  readonly reporter: TelemetryReporter;
}

/** Writes spans to a file on disk, as `createFileExporter` does. What it needs of the SDK is loaded now. */
export async function createSpanFileExporter(options: SpanFileOptions): Promise<BatchExporter<ReadableSpan[]>> {
  const { JsonTraceSerializer: codec } = await import("@opentelemetry/otlp-transformer");
  return createFileExporter({ ...options, codec, file: createSpanFile(options.path) });
}

/**
 * A file on disk, made with its directory when it is first written to, for its owner alone. What is put aside is beside it, with
 * `.1` at the end of its name.
 */
export function createSpanFile(path: string): SpanFile {
  return {
    async append(lines) {
      await mkdir(dirname(path), { recursive: true });
      await using file = await open(path, "a", 0o600);
      await file.appendFile(lines);
      return (await file.stat()).size;
    },
    rotate: () => rename(path, `${path}.1`),
  };
}
