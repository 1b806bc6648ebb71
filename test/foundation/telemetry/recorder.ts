import { type Attributes, context, ROOT_CONTEXT, type Span, type Tracer, trace } from "@opentelemetry/api";
import { MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Spans start within one millisecond, which is as exactly as they say it. */
const startOrder = new WeakMap<object, number>();
let started = 0;
const order: SpanProcessor = {
  onStart(span) {
    started += 1;
    startOrder.set(span, started);
  },
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

export interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}

/** A tracer and a meter whose spans and points a test can read. Nothing global. */
export function createRecorder(options: { readonly sampler?: Sampler } = {}) {
  const exporter = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [order, new SimpleSpanProcessor(exporter)], ...options });
  const reader = new Reader();
  const meters = new MeterProvider({ readers: [reader] });
  const tracer: Tracer = tracers.getTracer("test");

  async function metricsOf(name: string): Promise<MetricData["dataPoints"]> {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, "collecting failed");
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  }

  return {
    tracer,
    tracerProvider: tracers,
    meterProvider: meters,
    meter: meters.getMeter("test"),
    spans: (): readonly ReadableSpan[] => exporter.getFinishedSpans(),
    forget: () => exporter.reset(),
    /** Runs inside a span of its own that starts a trace: what a server makes of a request. */
    request<T>(name: string, fn: (span: Span) => Promise<T>): Promise<T> {
      const span = tracer.startSpan(name, {}, ROOT_CONTEXT);
      return context.with(trace.setSpan(ROOT_CONTEXT, span), () => fn(span)).finally(() => span.end());
    },
    /** What was counted under attributes, or how many values a histogram has there. */
    async count(name: string, where: Attributes = {}): Promise<number> {
      const points = await metricsOf(name);
      return points
        .filter(({ attributes }) => Object.entries(where).every(([key, value]) => attributes[key] === value))
        .reduce((sum, { value }) => sum + (typeof value === "number" ? value : value.count), 0);
    },
    metricsOf,
    async stop() {
      await tracers.shutdown();
      await meters.shutdown();
    },
  };
}

export type Recorder = ReturnType<typeof createRecorder>;

/** Each trace as a tree, by its root's name. Children stand in the order in which they were started. */
export function treesOf(spans: readonly ReadableSpan[]): Map<string, Tree[]> {
  const byStart = spans.toSorted((a, b) => (startOrder.get(a) ?? 0) - (startOrder.get(b) ?? 0));
  const treeOf = (span: ReadableSpan): Tree => ({
    name: span.name,
    children: byStart.filter((other) => isChild(other, span)).map(treeOf),
  });
  const trees = new Map<string, Tree[]>();
  for (const root of byStart.filter((span) => span.parentSpanContext === undefined)) {
    trees.set(root.name, [...(trees.get(root.name) ?? []), treeOf(root)]);
  }
  return trees;
}

/** Spans whose parent is not among them, or is of another trace. */
export function orphansOf(spans: readonly ReadableSpan[]): string[] {
  return spans
    .filter((span) => span.parentSpanContext !== undefined && !spans.some((other) => isChild(span, other)))
    .map((span) => span.name);
}

function isChild(span: ReadableSpan, parent: ReadableSpan): boolean {
  const { traceId, spanId } = parent.spanContext();
  return span.parentSpanContext?.spanId === spanId && span.spanContext().traceId === traceId;
}
