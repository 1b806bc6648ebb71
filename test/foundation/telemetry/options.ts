import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { BatchExporter, TelemetryOptions } from "../../../src/foundation/telemetry/index.ts";

/** What telemetry said of itself. */
export interface Said {
  readonly level: "warn" | "info";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

let services = 0;

/** Options for a service of its own name, exporting nothing unless told where to. */
export function telemetryOptions(over: Partial<TelemetryOptions> & { readonly endpoint?: string } = {}) {
  const { endpoint, ...options } = over;
  const said: Said[] = [];
  const sayAt =
    (level: Said["level"]) =>
    (message: string, fields = {}) =>
      void said.push({ level, message, fields });
  services += 1;
  const made: TelemetryOptions = {
    service: { name: `service-${process.pid}-${services}`, version: "1.2.3", instanceId: "one", environment: "test" },
    resourceAttributes: {},
    exporters: { traces: "otlp", logs: "otlp", metrics: "otlp" },
    sampler: { name: "parentbased_always_on", ratio: 1 },
    otlp: { endpoint, endpoints: {}, headers: {}, timeoutMs: 20_000, compression: "none" },
    metricIntervalMs: 3_600_000,
    reporter: { warn: sayAt("warn"), info: sayAt("info") },
    ...options,
  };
  return { options: made, said };
}

/** Keeps the spans that it is given. */
export function fakeSpanExporter(): BatchExporter<ReadableSpan[]> & { readonly spans: ReadableSpan[] } {
  const spans: ReadableSpan[] = [];
  return {
    spans,
    export: async (batch) => void spans.push(...batch),
    close: () => undefined,
  };
}
