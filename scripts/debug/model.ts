// scripts/debug/model.ts
export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;
export interface SpanEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: Attributes;
}
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string;
  readonly serviceName: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}
export interface LogLine {
  readonly id: string;
  readonly timeNs: bigint;
  readonly level: string;
  readonly message: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly serviceName: string;
  readonly attributes: Attributes;
}
export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogLine[];
}
export interface LogFilters {
  readonly level?: string;
  readonly service?: string;
  readonly environment?: string;
  readonly route?: string;
  readonly user?: string;
  readonly errorId?: string;
  readonly search?: string;
  readonly traceId?: string;
  readonly requestId?: string;
  readonly where?: string;
}
export interface TimeRange {
  readonly sinceMs: number;
  readonly untilMs: number;
}
export interface ErrorGroup {
  readonly errorId: string;
  readonly route: string;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly sampleTraceId: string | null;
  readonly buckets: readonly number[];
}
/** What both SigNoz and a local file answer. */
export interface Source {
  findTrace(traceId: string, range: TimeRange): Promise<Trace | null>;
  findTraceIdOfRequest(requestId: string, range: TimeRange): Promise<string | null>;
  listLogs(filters: LogFilters, range: TimeRange, limit: number): Promise<readonly LogLine[]>; // oldest first, the newest `limit`
  listErrors(range: TimeRange, service?: string): Promise<readonly ErrorGroup[]>;
}

/** How slow a route or a statement was, and how often it ran. */
export interface SlowEntry {
  /** `route` or `statement`. */
  readonly kind: string;
  readonly name: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly count: number;
  readonly perSecond: number;
  /** The slowest of them. */
  readonly sampleTraceId: string | null;
}
