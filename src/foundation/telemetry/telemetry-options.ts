import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { TelemetryReporter } from "./export-health.ts";
import type { BatchExporter } from "./exporter.ts";
import type { ServiceDescription } from "./resource.ts";
import type { SamplerName } from "./samplers.ts";
import type { ExporterName, Signal } from "./signals.ts";

export interface OtlpOptions {
  /** The receiver's base address. */
  readonly endpoint?: string | undefined;
  /** Full addresses of single signals, taken as they stand. */
  readonly endpoints?: Readonly<Partial<Record<Signal, string | undefined>>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** For one batch, every try and the waits between them together: 10,000 by default. */
  readonly timeoutMs?: number;
  /** `none` by default. */
  readonly compression?: "gzip" | "none";
}

export interface TelemetryOptions {
  readonly service: ServiceDescription;
  readonly otlp: OtlpOptions;
  /** Says what becomes of telemetry itself; a logger that does not export its own lines. */
  readonly reporter: TelemetryReporter;
  /** Those of OTEL_RESOURCE_ATTRIBUTES. */
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
  /** All of them over OTLP by default, where there is an endpoint. */
  readonly exporters?: Readonly<Partial<Record<Signal, ExporterName>>>;
  /** `parentbased_always_on` by default. */
  readonly sampler?: { readonly name: SamplerName; readonly ratio: number };
  /** A minute by default. */
  readonly metricIntervalMs?: number;
  /** Where nothing may run between requests (workerd): everything is sent by `flush`. */
  readonly flushOnly?: boolean;
  /** Takes the spans in place of OTLP. */
  readonly spanExporter?: BatchExporter<ReadableSpan[]>;
  /** The runtime's own by default, as it is when telemetry is set up. */
  readonly fetch?: typeof fetch;
}
