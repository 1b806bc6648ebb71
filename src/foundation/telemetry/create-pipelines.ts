import { ExportHealth } from "./export-health.ts";
import { createOtlpExporter, type OtlpCodec } from "./exporter.ts";
import { createLogPipeline, type LogPipeline } from "./logs.ts";
import { countPoints, createMetricPipeline, type MetricPipeline } from "./metrics.ts";
import { createOtlpSender } from "./otlp-sender.ts";
import type { PackageLoader } from "./packages.ts";
import { resourceAttributes } from "./resource.ts";
import { type Signal, signals, signalUrl } from "./signals.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";
import { createTracePipeline, type TracePipeline } from "./traces.ts";

/** What is set up of each signal; null: nothing. */
export interface Pipelines {
  readonly traces: TracePipeline | null;
  readonly logs: LogPipeline | null;
  readonly metrics: MetricPipeline | null;
  readonly health: ExportHealth;
}

/** The address that each signal goes to over OTLP; null: none. */
export type SignalUrls = Readonly<Record<Signal, string | null>>;

const batchDelayMs = 1_000;
const alwaysOn = { name: "parentbased_always_on", ratio: 1 } as const;

export function findSignalUrls({ exporters = {}, otlp }: TelemetryOptions): SignalUrls {
  const urlOf = (signal: Signal): string | null => {
    if (exporters[signal] === "none") return null;
    return otlp.endpoints?.[signal] ?? (otlp.endpoint === undefined ? null : signalUrl(otlp.endpoint, signal));
  };
  return { traces: urlOf("traces"), logs: urlOf("logs"), metrics: urlOf("metrics") };
}

/** One pipeline for each signal that goes somewhere and whose packages are there; one warning for those that are not. */
export async function createPipelines(
  options: TelemetryOptions,
  urls: SignalUrls,
  loadPackages: PackageLoader,
): Promise<Pipelines> {
  const { spanExporter, flushOnly = false, metricIntervalMs: intervalMs = 60_000, sampler = alwaysOn } = options;
  const resource = resourceAttributes(options.service, options.resourceAttributes ?? {});
  const health = new ExportHealth(options.reporter);
  const delayMs = flushOnly ? null : batchDelayMs;

  const wanted = { ...urls, traces: spanExporter === undefined ? urls.traces : "" };
  const packages = await loadWanted(options, wanted, loadPackages);

  const otlp = <T>(signal: Signal, codec: OtlpCodec<T>, countOf: (items: T) => number) => {
    const { headers = {}, timeoutMs = 10_000, compression = "none" } = options.otlp;
    const to = { url: urls[signal] ?? "", headers, timeoutMs, compression };
    const sender = createOtlpSender({ ...to, fetch: options.fetch ?? fetch });
    return createOtlpExporter({ signal, codec, countOf, health, sender });
  };
  const onRefused = (signal: Signal) => (count: number) => health.lose(signal, count, "the queue is full");
  const { traces, logs, metrics } = packages;
  return {
    health,
    traces:
      traces &&
      createTracePipeline(traces, {
        resource,
        delayMs,
        sampler,
        onRefused: onRefused("traces"),
        exporter: spanExporter ?? otlp("traces", traces.serializer, countItems),
      }),
    logs:
      logs &&
      createLogPipeline(logs, {
        resource,
        delayMs,
        onRefused: onRefused("logs"),
        exporter: otlp("logs", logs.serializer, countItems),
      }),
    metrics:
      metrics &&
      createMetricPipeline(metrics, {
        resource,
        intervalMs,
        timed: !flushOnly,
        exporter: otlp("metrics", metrics.serializer, countPoints),
      }),
  };
}

/** Loads the packages of each signal that has an address. */
async function loadWanted(
  { reporter }: TelemetryOptions,
  wanted: SignalUrls,
  loadPackages: PackageLoader,
): Promise<{ readonly [S in Signal]: Awaited<ReturnType<PackageLoader[S]>> | null }> {
  const missing: Partial<Record<Signal, string>> = {};
  const load = async <S extends Signal>(signal: S): Promise<Awaited<ReturnType<PackageLoader[S]>> | null> => {
    if (wanted[signal] === null) return null;
    try {
      return (await loadPackages[signal]()) as Awaited<ReturnType<PackageLoader[S]>>;
    } catch (error) {
      missing[signal] = error instanceof Error ? error.message : String(error);
      return null;
    }
  };
  const [traces, logs, metrics] = await Promise.all([load("traces"), load("logs"), load("metrics")]);
  const names = signals.filter((signal) => signal in missing);
  if (names.length > 0) {
    reporter.warn(`${names.join(", ")} cannot be exported: a package is missing`, { reasons: missing });
  }
  return { traces, logs, metrics };
}

function countItems(items: readonly unknown[]): number {
  return items.length;
}
