import type { Attributes, AttributeValue, Span } from "../model.ts";
import { idOf, isRecord, type JsonRecord, recordsOf, textOf, toAttributeValue } from "./json-values.ts";

export interface OtlpSpans {
  readonly spans: readonly Span[];
  /** Spans without ids or times that could be read. */
  readonly broken: number;
}

/**
 * The spans of an ExportTraceServiceRequest in OTLP's JSON; a resource's attributes count as those of its spans.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function readOtlpSpans(request: JsonRecord): OtlpSpans {
  const read = recordsOf(request["resourceSpans"]).flatMap((group) => {
    const resource = isRecord(group["resource"]) ? attributesOf(group["resource"]["attributes"]) : {};
    return recordsOf(group["scopeSpans"])
      .flatMap((scope) => recordsOf(scope["spans"]))
      .map((span) => toSpan(span, resource));
  });
  const spans = read.filter((span) => span !== null);
  return { spans, broken: read.length - spans.length };
}

function toSpan(span: JsonRecord, resource: Attributes): Span | null {
  const [traceId, spanId] = [idOf(span["traceId"], 16), idOf(span["spanId"], 8)];
  const [startNs, endNs] = [toNs(span["startTimeUnixNano"]), toNs(span["endTimeUnixNano"])];
  if (traceId === null || spanId === null || startNs === null || endNs === null) return null;
  const status = isRecord(span["status"]) ? span["status"] : {};
  return {
    traceId,
    spanId,
    parentSpanId: idOf(span["parentSpanId"], 8),
    name: textOf(span["name"]),
    kind: nameOf(span["kind"], kinds, "SPAN_KIND_"),
    startNs,
    durationNs: endNs > startNs ? endNs - startNs : 0n,
    status: nameOf(status["code"], statuses, "STATUS_CODE_"),
    statusMessage: textOf(status["message"]),
    serviceName: textOf(resource["service.name"]),
    attributes: { ...resource, ...attributesOf(span["attributes"]) },
    events: recordsOf(span["events"]).map((event) => ({
      name: textOf(event["name"]),
      timeNs: toNs(event["timeUnixNano"]) ?? startNs,
      attributes: attributesOf(event["attributes"]),
    })),
    links: recordsOf(span["links"]).flatMap((link) => {
      const [to, at] = [idOf(link["traceId"], 16), idOf(link["spanId"], 8)];
      return to === null || at === null ? [] : [{ traceId: to, spanId: at }];
    }),
  };
}

const kinds = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
const statuses = ["unset", "ok", "error"] as const;

/** By its number, or by the name that some writers put instead; the first of the names for anything else. */
function nameOf<Name extends string>(value: unknown, names: readonly Name[], prefix: string): Name {
  const named = textOf(value).startsWith(prefix) ? textOf(value).slice(prefix.length).toLowerCase() : null;
  const found = named === null ? names[Number(value)] : names.find((name) => name === named);
  return found ?? (names[0] as Name);
}

/** 64-bit numbers are texts in OTLP's JSON; a number is taken as well. */
function toNs(value: unknown): bigint | null {
  if (typeof value === "string" && /^[0-9]{1,20}$/.test(value)) return BigInt(value);
  return typeof value === "number" && Number.isSafeInteger(Math.trunc(value / 1024)) && value >= 0
    ? BigInt(Math.trunc(value))
    : null;
}

function attributesOf(list: unknown): Attributes {
  return Object.fromEntries(
    recordsOf(list).flatMap(({ key, value }) => (typeof key === "string" ? [[key, attributeOf(value)] as const] : [])),
  );
}

function attributeOf(value: unknown): AttributeValue {
  return toAttributeValue(plain(value));
}

function plain(value: unknown): unknown {
  if (!isRecord(value)) return "";
  const { intValue, arrayValue, kvlistValue } = value;
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : intValue;
  if (isRecord(arrayValue)) return Array.isArray(arrayValue["values"]) ? arrayValue["values"].map(plain) : [];
  if (isRecord(kvlistValue)) {
    return Object.fromEntries(
      recordsOf(kvlistValue["values"]).map(({ key, value: inner }) => [textOf(key), plain(inner)]),
    );
  }
  return value["stringValue"] ?? value["boolValue"] ?? value["doubleValue"] ?? value["bytesValue"] ?? "";
}
