import type { Attributes, AttributeValue, LogLine, Span } from "../../../../scripts/debug/model.ts";
import type { Metric, Telemetry } from "./telemetry.ts";

/*
 * What `@elastic/mockotlpserver` hands over, as it decoded it: ids are bytes, times are bigints, kinds and codes are numbers,
 * and a value says by `value` which of its members it is.
 */

// biome-ignore lint/suspicious/noExplicitAny: decoded protobuf messages of a package without types.
type Decoded = any;

export interface DecodedRequests {
  /** Messages of `onTrace`, `onLogs` and `onMetrics`. */
  readonly traces?: readonly Decoded[];
  readonly logs?: readonly Decoded[];
  readonly metrics?: readonly Decoded[];
}

/** What a fake is fed with, of what an application exported. */
export function fromOtlp({ traces = [], logs = [], metrics = [] }: DecodedRequests): Required<Telemetry> {
  return {
    spans: traces.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ resource, scopeSpans }: Decoded) =>
        scopeSpans.flatMap(({ spans }: Decoded) => spans.map((span: Decoded) => toSpan(span, of(resource)))),
      ),
    ),
    logs: logs.flatMap(({ resourceLogs }) =>
      resourceLogs.flatMap(({ resource, scopeLogs }: Decoded) =>
        scopeLogs.flatMap(({ logRecords }: Decoded) => logRecords.map((line: Decoded) => toLog(line, of(resource)))),
      ),
    ),
    metrics: metrics.flatMap(({ resourceMetrics }) =>
      resourceMetrics.flatMap(({ resource, scopeMetrics }: Decoded) =>
        scopeMetrics.flatMap((scope: Decoded) =>
          scope.metrics.flatMap((each: Decoded) => toMetrics(each, of(resource))),
        ),
      ),
    ),
  };
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const idOrNull = (bytes: Uint8Array | undefined): string | null => (/[^0]/.test(hex(bytes)) ? hex(bytes) : null);
const of = (resource: Decoded): Attributes => toAttributes(resource?.attributes ?? []);

const kinds = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
const statuses = ["unset", "ok", "error"] as const;

function toSpan(span: Decoded, resource: Attributes): Span {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: idOrNull(span.parentSpanId),
    name: span.name,
    kind: kinds[span.kind] ?? "internal",
    startNs: BigInt(span.startTimeUnixNano),
    durationNs: BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
    status: statuses[span.status?.code ?? 0] ?? "unset",
    statusMessage: span.status?.message ?? "",
    serviceName: String(resource["service.name"] ?? ""),
    attributes: { ...resource, ...toAttributes(span.attributes) },
    events: span.events.map((event: Decoded) => ({
      name: event.name,
      timeNs: BigInt(event.timeUnixNano),
      attributes: toAttributes(event.attributes),
    })),
    links: span.links.map((link: Decoded) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) })),
  };
}

let read = 0;

function toLog(record: Decoded, resource: Attributes): LogLine {
  read += 1;
  return {
    // SigNoz gives each line an id of its own.
    id: `otlp${String(read).padStart(8, "0")}`,
    timeNs: BigInt(record.timeUnixNano || record.observedTimeUnixNano),
    level: String(record.severityText).toLowerCase(),
    message: String(toValue(record.body)),
    traceId: idOrNull(record.traceId),
    spanId: idOrNull(record.spanId),
    serviceName: String(resource["service.name"] ?? ""),
    attributes: { ...resource, ...toAttributes(record.attributes) },
  };
}

/** A histogram as SigNoz stores it: by bucket, and its number of measurements, under names of their own. */
function toMetrics(metric: Decoded, resource: Attributes): readonly Metric[] {
  const { name, unit = "" } = metric;
  const data = metric.sum ?? metric.gauge ?? metric.histogram;
  const pointsOf = (value: (point: Decoded) => number) =>
    data.dataPoints.map((point: Decoded) => ({
      timeMs: Number(BigInt(point.timeUnixNano) / 1_000_000n),
      value: value(point),
      labels: Object.fromEntries(
        Object.entries({ ...resource, ...toAttributes(point.attributes) }).map(([key, each]) => [key, String(each)]),
      ),
    }));
  if (metric.histogram) {
    const mean = (point: Decoded): number => Number(point.sum ?? 0) / Math.max(1, Number(point.count));
    return [
      { name: `${name}.bucket`, type: "histogram", unit, isMonotonic: true, points: pointsOf(mean) },
      {
        name: `${name}.count`,
        type: "sum",
        unit: "",
        isMonotonic: true,
        points: pointsOf(({ count }) => Number(count)),
      },
    ];
  }
  const points = pointsOf((point) => Number(point.value === "asInt" ? point.asInt : point.asDouble));
  const isMonotonic = metric.sum?.isMonotonic === true;
  return [{ name, type: metric.sum ? "sum" : "gauge", unit, isMonotonic, points }];
}

function toAttributes(pairs: readonly { readonly key: string; readonly value: Decoded }[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: Decoded): AttributeValue {
  const kind = value?.value;
  if (kind === "intValue") return Number(value.intValue);
  if (kind === "stringValue" || kind === "boolValue" || kind === "doubleValue") return value[kind];
  if (kind === "arrayValue") return JSON.stringify(value.arrayValue.values.map(toValue));
  if (kind === "kvlistValue") return JSON.stringify(toAttributes(value.kvlistValue.values));
  return "";
}
