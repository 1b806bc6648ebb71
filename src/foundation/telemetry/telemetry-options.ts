import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { TelemetryReporter } from "./export-health.ts";
import type { BatchExporter } from "./exporter.ts";
import type { ServiceDescription } from "./resource.ts";
import type { SamplerName } from "./samplers.ts";
import type { ExporterName, Signal } from "./signals.ts";

export interface OtlpOptions {
  /** The receiver's base address. */
  readonly endpoint: string | undefined;
  /** Full addresses of single signals, taken as they stand. */
  readonly endpoints: Readonly<Partial<Record<Signal, string | undefined>>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
}

export interface TelemetryOptions {
  readonly service: ServiceDescription;
  /** Those of OTEL_RESOURCE_ATTRIBUTES. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  readonly exporters: Readonly<Record<Signal, ExporterName>>;
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  readonly otlp: OtlpOptions;
  readonly metricIntervalMs: number;
  /** Where nothing may run between requests (workerd): everything is sent by `flush`. */
  readonly flushOnly?: boolean;
  /** Takes the spans in place of OTLP. */
  readonly spanExporter?: BatchExporter<ReadableSpan[]>;
  /** Says what becomes of telemetry itself. */
  readonly reporter: TelemetryReporter;
  readonly fetch?: typeof fetch;
}
