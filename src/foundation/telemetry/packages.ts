import { createSpanSerializer } from "./otlp-spans.ts";

/** What the SDK's packages give, for each signal. */
export type TracePackages = Awaited<ReturnType<typeof packageLoader.traces>>;
export type LogPackages = Awaited<ReturnType<typeof packageLoader.logs>>;
export type MetricPackages = Awaited<ReturnType<typeof packageLoader.metrics>>;
export type PackageLoader = typeof packageLoader;

/**
 * Loads what a signal needs when it is first needed: what does not export loads nothing, and what is not installed
 * costs its signal alone.
 */
export const packageLoader = {
  async traces() {
    const [sdk, { ProtobufTraceSerializer }, { resourceFromAttributes }] = await Promise.all([
      import("@opentelemetry/sdk-trace-base"),
      import("@opentelemetry/otlp-transformer"),
      import("@opentelemetry/resources"),
    ]);
    const { deserializeResponse } = ProtobufTraceSerializer;
    const serializer = { serializeRequest: createSpanSerializer(), deserializeResponse };
    return { ...sdk, serializer, resourceFromAttributes };
  },
  async logs() {
    const [{ ProtobufLogsSerializer }, { resourceFromAttributes }] = await Promise.all([
      import("@opentelemetry/otlp-transformer"),
      import("@opentelemetry/resources"),
    ]);
    return { serializer: ProtobufLogsSerializer, resourceFromAttributes };
  },
  async metrics() {
    const [sdk, { ProtobufMetricsSerializer }, { resourceFromAttributes }] = await Promise.all([
      import("@opentelemetry/sdk-metrics"),
      import("@opentelemetry/otlp-transformer"),
      import("@opentelemetry/resources"),
    ]);
    return { ...sdk, serializer: ProtobufMetricsSerializer, resourceFromAttributes };
  },
};
