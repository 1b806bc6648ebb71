/**
 * Traces, logs and metrics over OTLP/HTTP for any runtime: nothing where nothing is configured, and never in the way of
 * a request.
 *
 * @example
 * import { Hono } from "hono";
 * import { createLogger } from "footing/logging";
 * import { serverSpan, setUpTelemetry } from "footing/telemetry";
 *
 * const telemetry = await setUpTelemetry({
 *   service: { name: "rates", version: "1.0.0" },
 *   otlp: { endpoint: "http://localhost:4318" },
 *   reporter: createLogger({ level: "info", sinks: [] }),
 * });
 * const app = new Hono();
 * app.use(serverSpan({ telemetry }));
 * app.get("/rates/:day", (c) => telemetry.tracer.startActiveSpan("look up", (span) => {
 *   span.end();
 *   return c.json({ day: c.req.param("day") });
 * }));
 * await app.request("/rates/2026-01-31");
 * await telemetry.shutdown(5_000);
 *
 * @module
 */
export { holdContextManager } from "./context-manager.ts";
export { createDbObserver, type DbObserverOptions, poolNameOf } from "./db-observer.ts";
export { observePool } from "./db-observer-metrics.ts";
export type { TelemetryReporter } from "./export-health.ts";
export type { BatchExporter } from "./exporter.ts";
export { createDecisionCounter } from "./instruments/rate-limiter.ts";
export { type RuntimeSources, startRuntimeInstruments } from "./instruments/runtime.ts";
export { type ExceptionAttributes, exceptionAttributes } from "./log-attributes.ts";
export { type PackageLoader, packageLoader } from "./packages.ts";
export { resourceAttributes, type ServiceDescription } from "./resource.ts";
export { type SamplerName, samplerNames } from "./samplers.ts";
export type { ServerSpanSources } from "./server-attributes.ts";
export { type ServerSpanOptions, serverSpan } from "./server-span.ts";
export { setUpTelemetry } from "./set-up.ts";
export { type ExporterName, exporterNames, type Signal, signals, signalUrl } from "./signals.ts";
export { createNoTelemetry, type Telemetry } from "./telemetry.ts";
export type { OtlpOptions, TelemetryOptions } from "./telemetry-options.ts";
export type { SpanPlace, TraceContext, TraceParent } from "./trace-context.ts";
export {
  createTraceContext,
  findActiveSpan,
  formatTraceparent,
  parseTraceparent,
  parseTracestate,
} from "./trace-context.ts";
export { createTracedFetch, patchGlobalFetch, type TracedFetchOptions } from "./traced-fetch.ts";
