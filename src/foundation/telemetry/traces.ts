import type { Attributes, TracerProvider } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BatchQueue } from "./batch-queue.ts";
import type { BatchExporter } from "./exporter.ts";
import type { TracePackages } from "./packages.ts";
import { randomHex } from "./random-ids.ts";
import { createSampler, type SamplerName } from "./samplers.ts";

export interface TraceOptions {
  readonly resource: Attributes;
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  readonly exporter: BatchExporter<ReadableSpan[]>;
  readonly delayMs: number | null;
  readonly onRefused: (count: number) => void;
}

/** At most 16,384 ended spans wait, of about 1 KiB each; 2,048 are sent at once. */
export const spanBounds = { itemsMax: 16_384, batchMax: 2_048 } as const;

/** What one span may hold: a fault of the code that fills it must not fill the memory. */
const spanLimits = {
  attributeCountLimit: 64,
  attributeValueLengthLimit: 16_384,
  eventCountLimit: 32,
  linkCountLimit: 32,
} as const;

export interface TracePipeline {
  readonly provider: TracerProvider;
  readonly flush: () => Promise<void>;
  /** Sends what waits, once, and takes no more. */
  readonly close: () => Promise<void>;
}

/** Tracing with a provider and a processor of this process's own; nothing of it is global. */
export function createTracePipeline(packages: TracePackages, options: TraceOptions): TracePipeline {
  const queue = new BatchQueue<ReadableSpan>({
    ...spanBounds,
    delayMs: options.delayMs,
    send: (spans) => options.exporter.export(spans),
    onRefused: options.onRefused,
  });
  const provider = new packages.BasicTracerProvider({
    resource: packages.resourceFromAttributes(options.resource),
    sampler: createSampler(packages, options.sampler),
    spanLimits,
    idGenerator: { generateTraceId: () => randomHex(16), generateSpanId: () => randomHex(8) },
    spanProcessors: [new QueueingProcessor(queue)],
  });
  return {
    provider,
    flush: () => queue.flush(),
    close() {
      options.exporter.close();
      return queue.close();
    },
  };
}

const sampledFlag = 1;

/** Hands sampled spans, once they have ended, to a queue. */
class QueueingProcessor implements SpanProcessor {
  readonly #queue: BatchQueue<ReadableSpan>;

  constructor(queue: BatchQueue<ReadableSpan>) {
    this.#queue = queue;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & sampledFlag) !== 0) this.#queue.push(span);
  }

  forceFlush(): Promise<void> {
    return this.#queue.flush();
  }

  shutdown(): Promise<void> {
    return this.#queue.close();
  }
}
