import { channel } from "node:diagnostics_channel";
import { createRequire } from "node:module";

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  /** UNSET, OK or ERROR. */
  readonly status: string;
  readonly durationMs: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface ReceivedLog {
  readonly traceId: string;
  readonly spanId: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: Value;
  readonly attributes: Attributes;
}

export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Attributes;
  /** A sum's or gauge's value; a histogram's number of measurements. */
  readonly value: number;
  /** A histogram's own. */
  readonly sum: number;
  readonly bounds: readonly number[];
}

/** What arrived from one service, as the receiver decoded it. */
export class Received {
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  /** Of the last collection that arrived; sums are cumulative. */
  points: readonly ReceivedPoint[] = [];
  readonly resources: Attributes[] = [];
  /** Of every metric that ever arrived. */
  readonly metrics = new Set<string>();

  collect(points: readonly ReceivedPoint[]): void {
    this.points = points;
    for (const { metric } of points) this.metrics.add(metric);
  }

  /** The sum over the points of a metric that have these attributes. */
  total(metric: string, attributes: Attributes = {}): number {
    return this.points
      .filter((point) => point.metric === metric)
      .filter((point) => Object.entries(attributes).every(([key, value]) => point.attributes[key] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}

export interface OtlpReceiver {
  /** The base endpoint, without a slash. */
  readonly url: string;
  /** What arrived so far from the service of this name. */
  from(serviceName: string): Received;
  /** The headers of the requests so far, by path. */
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, string>> }[];
  close(): Promise<void>;
}

// The receiver's parts talk through these; unless somebody holds them, they are collected and what is published is lost.
const held = ["otlp.v1.trace", "otlp.v1.logs", "otlp.v1.metrics", "otlp.v1.request"].map((name) => channel(name));

interface MockOtlpServer {
  readonly httpUrl: URL;
  start(): Promise<void>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: decoded protobuf messages of a package without types.
type Decoded = any;

/**
 * Starts `@elastic/mockotlpserver` on a free port: an OTLP receiver that shares no code with what sends. All of them in
 * one process hear of everything that any of them got, so services are told apart by their name.
 */
export async function startReceiver(): Promise<OtlpReceiver> {
  if (held.length === 0) throw new Error("the receiver's channels are gone");
  const { MockOtlpServer: Server } = createRequire(import.meta.url)("@elastic/mockotlpserver") as {
    MockOtlpServer: new (options: Readonly<Record<string, unknown>>) => MockOtlpServer;
  };
  const services = new Map<string, Received>();
  const requests: { path: string; headers: Readonly<Record<string, string>> }[] = [];
  const from = (name: string): Received => {
    const received = services.get(name) ?? new Received();
    services.set(name, received);
    return received;
  };
  const of = (resource: Decoded): Received => {
    const attributes = toAttributes(resource.attributes);
    const received = from(String(attributes["service.name"]));
    received.resources.push(attributes);
    return received;
  };
  const server = new Server({
    services: ["http"],
    httpHostname: "127.0.0.1",
    httpPort: 0,
    logLevel: "fatal",
    onRequest: ({ path, headers }: { path: string; headers: Record<string, string> }) =>
      requests.push({ path, headers }),
    onTrace: ({ resourceSpans }: Decoded) => {
      for (const { resource, scopeSpans } of resourceSpans)
        for (const { spans } of scopeSpans) of(resource).spans.push(...spans.map(toSpan));
    },
    onLogs: ({ resourceLogs }: Decoded) => {
      for (const { resource, scopeLogs } of resourceLogs)
        for (const { logRecords } of scopeLogs) of(resource).logs.push(...logRecords.map(toLog));
    },
    onMetrics: ({ resourceMetrics }: Decoded) => {
      for (const { resource, scopeMetrics } of resourceMetrics)
        of(resource).collect(scopeMetrics.flatMap(({ metrics }: Decoded) => metrics.flatMap(toPoints)));
    },
  });
  await server.start();
  return { url: server.httpUrl.origin, from, requests, close: () => server.close() };
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const statuses = ["UNSET", "OK", "ERROR"];

function toSpan(span: Decoded): ReceivedSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: span.name,
    kind: kinds[span.kind] ?? "",
    status: statuses[span.status?.code ?? 0] ?? "",
    durationMs: Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
    attributes: toAttributes(span.attributes),
    events: span.events.map((event: Decoded) => ({ name: event.name, attributes: toAttributes(event.attributes) })),
    links: span.links.map((link: Decoded) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) })),
  };
}

function toLog(record: Decoded): ReceivedLog {
  return {
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: toValue(record.body),
    attributes: toAttributes(record.attributes),
  };
}

function toPoints(metric: Decoded): ReceivedPoint[] {
  const { dataPoints } = metric.sum ?? metric.gauge ?? metric.histogram;
  return dataPoints.map((point: Decoded) => ({
    metric: metric.name,
    unit: metric.unit,
    attributes: toAttributes(point.attributes),
    value: Number(metric.histogram ? point.count : point.value === "asInt" ? point.asInt : point.asDouble),
    sum: Number(point.sum ?? 0),
    bounds: point.explicitBounds ?? [],
  }));
}

function toAttributes(pairs: readonly { readonly key: string; readonly value: Decoded }[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: Decoded): Value {
  switch (value?.value) {
    case "stringValue":
    case "boolValue":
    case "doubleValue":
      return value[value.value];
    case "intValue":
      return Number(value.intValue);
    case "arrayValue":
      return value.arrayValue.values.map(toValue);
    case "kvlistValue":
      return toAttributes(value.kvlistValue.values);
    default:
      return null;
  }
}
