import type { Attributes, AttributeValue, LogLine, Span, SpanEvent, SpanLink } from "../model.ts";
import { parseTimeNs } from "../time.ts";
import { parseJson } from "./parse-json.ts";
import type { RawRow } from "./schemas.ts";

type Data = Readonly<Record<string, unknown>>;

const dataOf = (row: RawRow): Data => row.data ?? {};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const isRecord = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Ids that are absent are sent as an empty text, or as zeros. */
function idOrNull(value: unknown): string | null {
  const id = textOf(value).toLowerCase();
  return /^0*$/.test(id) ? null : id;
}

/** A row's own id; two rows without one are told apart by all that they hold. */
export function logIdOf(row: RawRow): string {
  const id = textOf(dataOf(row)["id"]);
  return id === "" ? stringify([row.timestamp, row.data]) : id;
}

export const spanIdOf = (row: RawRow): string => textOf(dataOf(row)["span_id"]) || stringify(row.data);

function stringify(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === "bigint" ? each.toString() : each)) ?? "";
}

/** Attributes by type, as older servers send them, or in one map, as newer ones do; resources count as attributes. */
export function attributesOf(data: Data): Attributes {
  const maps = [
    "resources_string",
    "resource",
    "attributes_string",
    "attributes_number",
    "attributes_bool",
    "attributes",
  ].map((name) => data[name]);
  return toAttributes(Object.assign({}, ...maps.filter(isRecord)));
}

function toAttributes(values: Data): Attributes {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, toAttributeValue(value)]),
  );
}

function toAttributeValue(value: unknown): AttributeValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : stringify(value).replace(/^"|"$/g, "");
}

/** The time of a row to the nanosecond; 0 where it says none. */
function timeOf({ timestamp, data }: RawRow): bigint {
  const inner = data?.["timestamp"];
  return toTimeNs(timestamp) ?? toTimeNs(inner) ?? 0n;
}

/** RFC 3339, or since 1970 in a unit that the size tells. */
export function toTimeNs(value: unknown): bigint | null {
  if (typeof value === "string") {
    const parsed = /^[0-9]+$/.test(value) ? BigInt(value) : parseTimeNs(value);
    // Go writes year 1 for a time that is not set.
    return parsed === null || parsed <= 0n ? null : scaled(parsed);
  }
  if (typeof value === "bigint") return value > 0n ? scaled(value) : null;
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? scaled(BigInt(Math.trunc(value))) : null;
}

/** The last moment that a date can be, and so the longest duration too. */
const NS_MAX = 8_640_000_000_000_000_000_000n;

function scaled(since1970: bigint): bigint | null {
  if (since1970 > NS_MAX) return null;
  if (since1970 < 100_000_000_000_000n) return since1970 * 1_000_000n;
  return since1970 < 100_000_000_000_000_000n ? since1970 * 1_000n : since1970;
}

export function toLogLine(row: RawRow): LogLine {
  const data = dataOf(row);
  const attributes = attributesOf(data);
  const body = data["body"];
  return {
    id: logIdOf(row),
    timeNs: timeOf(row),
    level: textOf(data["severity_text"]).toLowerCase() || "info",
    message: typeof body === "string" ? body : stringify(body ?? ""),
    traceId: idOrNull(data["trace_id"]),
    spanId: idOrNull(data["span_id"]),
    serviceName: serviceOf(data, attributes),
    attributes,
  };
}

export function toSpan(row: RawRow): Span {
  const data = dataOf(row);
  const attributes = attributesOf(data);
  const own = { traceId: idOrNull(data["trace_id"]) ?? "", parentSpanId: idOrNull(data["parent_span_id"]) };
  return {
    ...own,
    spanId: textOf(data["span_id"]).toLowerCase(),
    name: textOf(data["name"]),
    kind: toKind(data["kind_string"]),
    startNs: timeOf(row),
    durationNs: toDurationNs(data["duration_nano"]),
    status: toStatus(data["status_code_string"], data["has_error"]),
    statusMessage: textOf(data["status_message"]),
    serviceName: serviceOf(data, attributes),
    attributes,
    events: listOf(data["events"]).map(toEvent),
    links: toLinks(listOf(data["links"] ?? data["references"]), own),
  };
}

const serviceOf = (data: Data, attributes: Attributes): string =>
  textOf(data["service.name"]) || textOf(data["service_name"]) || textOf(attributes["service.name"]);

export function toDurationNs(value: unknown): bigint {
  const whole = typeof value === "number" && Number.isFinite(value) ? BigInt(Math.trunc(value)) : value;
  return typeof whole === "bigint" && whole > 0n && whole <= NS_MAX ? whole : 0n;
}

const kinds = ["internal", "server", "client", "producer", "consumer"] as const;

export function toKind(value: unknown): Span["kind"] {
  const name = textOf(value).toLowerCase();
  return kinds.find((kind) => kind === name) ?? "internal";
}

export function toStatus(name: unknown, hasError: unknown): Span["status"] {
  const status = textOf(name).toLowerCase();
  if (status === "error" || hasError === true) return "error";
  return status === "ok" ? "ok" : "unset";
}

/** A list, or one in JSON; each of its members too may be a record in JSON. */
function listOf(value: unknown): readonly Data[] {
  const list = typeof value === "string" ? tryJson(value) : value;
  if (!Array.isArray(list)) return [];
  return list.map((each) => (typeof each === "string" ? tryJson(each) : each)).filter(isRecord);
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function toEvent(event: Data): SpanEvent {
  const attributes = event["attributeMap"] ?? event["attributes"];
  return {
    name: textOf(event["name"]),
    timeNs: toTimeNs(event["timeUnixNano"] ?? event["timestamp"]) ?? 0n,
    attributes: isRecord(attributes) ? toAttributes(attributes) : {},
  };
}

/** What a span refers to, but for its parent. */
export function toLinks(
  references: readonly Data[],
  { traceId, parentSpanId }: Pick<Span, "traceId" | "parentSpanId">,
): readonly SpanLink[] {
  return references.flatMap((reference) => {
    const link = { traceId: idOrNull(reference["traceId"]), spanId: idOrNull(reference["spanId"]) ?? "" };
    const isParent = link.traceId === traceId && link.spanId === parentSpanId;
    return link.traceId === null || isParent ? [] : [{ traceId: link.traceId, spanId: link.spanId }];
  });
}
