import type { Attributes, MeterProvider } from "@opentelemetry/api";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import type { BatchExporter } from "./exporter.ts";
import type { MetricPackages } from "./packages.ts";
import { QuickMeters } from "./quick-meter.ts";
import { startInterval } from "./timer.ts";

/** Everything that one collection found. */
export type CollectedMetrics = Parameters<MetricPackages["serializer"]["serializeRequest"]>[0];

export interface MetricPipelineOptions {
  readonly resource: Attributes;
  readonly exporter: BatchExporter<CollectedMetrics>;
  readonly intervalMs: number;
  /** Whether it collects by itself; otherwise `flush` does, once the interval is over. */
  readonly timed: boolean;
}

export interface MetricPipeline {
  readonly provider: MeterProvider;
  /** Collects and sends, if it is time; `timed` ones always. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Metrics over OTLP: cumulative sums, collected every so often and at the end. Instruments belong to whoever makes them. */
export function createMetricPipeline(packages: MetricPackages, options: MetricPipelineOptions): MetricPipeline {
  const resource = packages.resourceFromAttributes(options.resource);
  const quickMeters = new QuickMeters(resource);
  const reader = createReader(packages, quickMeters);
  const provider = quickMeters.over(new packages.MeterProvider({ resource, readers: [reader] }));
  let collecting: Promise<void> | null = null;
  let collectedAt = performance.now();

  async function collect(): Promise<void> {
    collectedAt = performance.now();
    const { resourceMetrics } = await reader.collect();
    if (resourceMetrics.scopeMetrics.length > 0) await options.exporter.export(resourceMetrics);
  }

  async function collectInTurn(): Promise<void> {
    await collecting;
    collecting = collect();
    await collecting;
    collecting = null;
  }

  // A collection that takes longer than the interval makes up the next one.
  const tick = (): void => void (collecting === null && collectInTurn());
  const timer = options.timed ? startInterval(tick, options.intervalMs) : null;

  return {
    provider,
    async flush() {
      if (options.timed) await collectInTurn();
      else if (performance.now() - collectedAt >= options.intervalMs) await collect();
    },
    async close() {
      if (timer !== null) clearInterval(timer);
      options.exporter.close();
      await collectInTurn();
      await reader.shutdown();
    },
  };
}

/** How many points a collection holds. */
export function countPoints({ scopeMetrics }: CollectedMetrics): number {
  const points = scopeMetrics.flatMap(({ metrics }) => metrics.map(({ dataPoints }) => dataPoints.length));
  return points.reduce((sum, count) => sum + count, 0);
}

function createReader({ MetricReader }: MetricPackages, producer: MetricProducer) {
  /** Collects when it is told to. */
  class Reader extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  return new Reader({ metricProducers: [producer] });
}
