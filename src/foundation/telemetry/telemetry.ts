import {
  context,
  createNoopMeter,
  isSpanContextValid,
  type Meter,
  type MeterProvider,
  ProxyTracerProvider,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { ActiveTrace, LogSink } from "../logging/log-record.ts";

/** What a process knows of telemetry. It is always there; where nothing is exported, all of it does nothing. */
export interface Telemetry {
  /** Whether traces or metrics are made at all: without, there is nothing to measure for. */
  readonly enabled: boolean;
  readonly tracer: Tracer;
  readonly tracerProvider: TracerProvider;
  readonly meter: Meter;
  readonly meterProvider: MeterProvider;
  /** The active span's ids, for log lines. */
  readonly activeTrace: ActiveTrace;
  /** Takes log records to the receiver; null where logs are not exported. */
  readonly logSink: LogSink | null;
  /** Origins that telemetry itself talks to, which no trace may follow. */
  readonly excludedOrigins: ReadonlySet<string>;
  /** Sends what waits. Resolves when it was sent or given up, or when the time is over; never rejects. */
  flush(timeoutMs: number): Promise<void>;
  /** Flushes within the time and ends everything. */
  shutdown(timeoutMs: number): Promise<void>;
}

export const scopeName = "footing";

/** The active span's ids, or null where none is active or it is invalid. */
export function findActiveTrace(): ReturnType<ActiveTrace> {
  const spanContext = trace.getSpanContext(context.active());
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : null;
}

/** Makes no meter but the one that does nothing. */
export const noMeterProvider: MeterProvider = { getMeter: () => createNoopMeter() };

/** Telemetry where nothing is exported. */
export function createNoTelemetry(): Telemetry {
  const tracerProvider = new ProxyTracerProvider();
  return {
    enabled: false,
    tracer: tracerProvider.getTracer(scopeName),
    tracerProvider,
    meter: noMeterProvider.getMeter(scopeName),
    meterProvider: noMeterProvider,
    activeTrace: () => null,
    logSink: null,
    excludedOrigins: new Set(),
    flush: async () => {},
    shutdown: async () => {},
  };
}
