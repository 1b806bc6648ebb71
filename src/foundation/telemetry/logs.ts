import type { Attributes } from "@opentelemetry/api";
import type { LogRecord, LogSink } from "../logging/log-record.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { BatchExporter } from "./exporter.ts";
import { toHrTime } from "./hr-time.ts";
import { logAttributes } from "./log-attributes.ts";
import type { LogPackages } from "./packages.ts";
import { within } from "./within.ts";

/** A log record as the SDK's serialiser takes it. */
export type OtlpLogRecord = Parameters<LogPackages["serializer"]["serializeRequest"]>[0][number];

export interface LogPipelineOptions {
  readonly resource: Attributes;
  readonly exporter: BatchExporter<OtlpLogRecord[]>;
  readonly delayMs: number | null;
  readonly onRefused: (count: number) => void;
}

/** At most 16,384 lines wait, and 2,048 are sent at once; what a line may hold, the logger bounds. */
export const logBatchBounds = { itemsMax: 16_384, batchMax: 2_048 } as const;

export interface LogPipeline {
  readonly sink: LogSink;
  readonly flush: () => Promise<void>;
  /** Sends what waits, once, and takes no more. */
  readonly close: () => Promise<void>;
}

/** Log lines over OTLP. They become OTLP's records when their batch leaves, behind the requests that wrote them. */
export function createLogPipeline(packages: LogPackages, options: LogPipelineOptions): LogPipeline {
  const resource = packages.resourceFromAttributes(options.resource);
  const queue = new BatchQueue<LogRecord>({
    ...logBatchBounds,
    delayMs: options.delayMs,
    send: (records) => options.exporter.export(records.map((record) => toOtlpRecord(record, resource))),
    onRefused: options.onRefused,
  });
  const flush = () => queue.flush();
  return {
    sink: { write: (record) => queue.push(record), flush: (timeoutMs) => within(timeoutMs, flush()) },
    flush,
    close() {
      options.exporter.close();
      return queue.close();
    },
  };
}

/** One object for all records: the serialiser groups them by it. */
const instrumentationScope = { name: "footing/logging" } as const;

function toOtlpRecord(record: LogRecord, resource: OtlpLogRecord["resource"]): OtlpLogRecord {
  const time = toHrTime(record.timeMs);
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: record.severityNumber,
    severityText: record.level.toUpperCase(),
    body: record.message,
    attributes: logAttributes(record.fields) as OtlpLogRecord["attributes"],
    droppedAttributesCount: 0,
    resource,
    instrumentationScope,
    ...(record.trace === null ? {} : { spanContext: { ...record.trace, traceFlags: 1 } }),
  };
}
