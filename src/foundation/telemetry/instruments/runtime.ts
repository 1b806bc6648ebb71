import type { Meter } from "@opentelemetry/api";
import { startTimer } from "../timer.ts";

export interface RuntimeSources {
  /** What the process uses, in bytes. */
  readonly memoryUsage: () => { readonly rss: number; readonly heapUsed: number };
  /** Monotonic milliseconds; `performance.now` by default. */
  readonly now?: () => number;
  /** How often the event loop's delay is measured, in milliseconds; 100 by default. */
  readonly intervalMs?: number;
}

/**
 * Measures the process: how late the event loop runs what is due, by a timer of its own, and the memory in use, when
 * metrics are collected. For processes alone: on an edge runtime there is neither to measure.
 *
 * @returns what stops it.
 */
export function startRuntimeInstruments(meter: Meter, sources: RuntimeSources): () => void {
  const { memoryUsage, now = () => performance.now(), intervalMs = 100 } = sources;
  const delay = meter.createHistogram("runtime.event_loop.delay", {
    description: "How late a timer ran",
    unit: "s",
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  });
  let timer: ReturnType<typeof startTimer>;
  const measure = () => {
    const dueAt = now() + intervalMs;
    timer = startTimer(() => {
      delay.record(Math.max(0, now() - dueAt) / 1_000);
      measure();
    }, intervalMs);
  };
  measure();

  const resident = meter.createObservableUpDownCounter("process.memory.usage", {
    description: "The physical memory in use",
    unit: "By",
  });
  const heap = meter.createObservableUpDownCounter("runtime.heap.used", { description: "The heap in use", unit: "By" });
  const observables = [resident, heap];
  const read: Parameters<Meter["addBatchObservableCallback"]>[0] = (result) => {
    const { rss, heapUsed } = memoryUsage();
    result.observe(resident, rss);
    result.observe(heap, heapUsed);
  };
  meter.addBatchObservableCallback(read, observables);
  return () => {
    clearTimeout(timer);
    meter.removeBatchObservableCallback(read, observables);
  };
}
