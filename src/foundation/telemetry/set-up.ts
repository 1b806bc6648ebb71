import { ProxyTracerProvider } from "@opentelemetry/api";
import { holdContextManager } from "./context-manager.ts";
import { createPipelines, findSignalUrls } from "./create-pipelines.ts";
import { type PackageLoader, packageLoader } from "./packages.ts";
import { signals } from "./signals.ts";
import { createNoTelemetry, findActiveTrace, noMeterProvider, scopeName, type Telemetry } from "./telemetry.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";
import { within } from "./within.ts";

/**
 * Sets up what the options ask for: traces, logs and metrics over OTLP/HTTP. A signal without an address, or whose
 * exporter is `none`, is not set up, and nothing is said about it. Where a signal's packages are not installed, one
 * warning says so and the process goes on without it. Nothing here ever holds a request up: queues are bounded
 * (16,384 spans, 16,384 log lines), and what the receiver does not take is lost and counted.
 *
 * @example
 * const telemetry = await setUpTelemetry({ ...options, reporter: logger });
 * app.use(serverSpan({ telemetry }));
 * …
 * await telemetry.shutdown(5_000);
 */
export async function setUpTelemetry(
  options: TelemetryOptions,
  loadPackages: PackageLoader = packageLoader,
): Promise<Telemetry> {
  const urls = findSignalUrls(options);
  const goesNowhere = options.spanExporter === undefined && signals.every((signal) => urls[signal] === null);
  if (options.disabled === true || goesNowhere) return createNoTelemetry();
  const { traces, logs, metrics, health } = await createPipelines(options, urls, loadPackages);
  const pipelines = [traces, logs, metrics].filter((pipeline) => pipeline !== null);
  if (pipelines.length === 0) return createNoTelemetry();

  const release = holdContextManager();
  const tracerProvider = traces?.provider ?? new ProxyTracerProvider();
  const meterProvider = metrics?.provider ?? noMeterProvider;
  return {
    enabled: traces !== null || metrics !== null,
    tracer: tracerProvider.getTracer(scopeName),
    tracerProvider,
    meter: meterProvider.getMeter(scopeName),
    meterProvider,
    activeTrace: findActiveTrace,
    logSink: logs?.sink ?? null,
    excludedOrigins: new Set(signals.flatMap((signal) => originsOf(urls[signal]))),
    flush: (timeoutMs) => within(timeoutMs, Promise.all(pipelines.map(({ flush }) => flush()))),
    async shutdown(timeoutMs) {
      await within(timeoutMs, Promise.all(pipelines.map(({ close }) => close())));
      health.end();
      release();
    },
  };
}

function originsOf(url: string | null): string[] {
  return url === null ? [] : [new URL(url).origin];
}
