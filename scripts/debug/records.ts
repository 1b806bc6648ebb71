import type { ErrorGroup, LogLine, Span } from "./model.ts";
import { formatTimeNs } from "./time.ts";

/*
 * What `--json` writes, one object a line. These names are kept: programs read them.
 */

export type JsonRecord = Readonly<Record<string, unknown>>;

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
const msOf = (durationNs: bigint): number => Number(durationNs) / 1e6;

export function spanRecord(span: Span): JsonRecord {
  return {
    type: "span",
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    time: formatTimeNs(span.startNs),
    duration_ms: msOf(span.durationNs),
    status: span.status,
    status_message: span.statusMessage,
    service: span.serviceName,
    attributes: span.attributes,
    events: span.events.map((event) => ({
      name: event.name,
      time: formatTimeNs(event.timeNs),
      attributes: event.attributes,
    })),
    links: span.links.map((link) => ({ trace_id: link.traceId, span_id: link.spanId })),
  };
}

export function logRecord(line: LogLine): JsonRecord {
  return {
    type: "log",
    id: line.id,
    time: formatTimeNs(line.timeNs),
    level: line.level,
    message: line.message,
    trace_id: line.traceId,
    span_id: line.spanId,
    service: line.serviceName,
    attributes: line.attributes,
  };
}

export function errorRecord(group: ErrorGroup): JsonRecord {
  return {
    type: "error",
    error_id: group.errorId,
    route: group.route,
    count: group.count,
    first_seen: isoOf(group.firstSeenMs),
    last_seen: isoOf(group.lastSeenMs),
    sample_trace_id: group.sampleTraceId,
    buckets: group.buckets,
  };
}
