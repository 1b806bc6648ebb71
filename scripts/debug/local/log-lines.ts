import { MADE_FROM } from "../made-from.ts";
import type { LogLine, Span } from "../model.ts";
import { flatten, idOf, type JsonRecord, textOf } from "./json-values.ts";

const nsAMs = 1_000_000n;

/** A line of the API's log; null for a record that is none: without a time with its zone, or a message. */
export function toLogLine(record: JsonRecord, id: string, usualService: string): LogLine | null {
  const { timestamp, level, message, trace_id, span_id, ...fields } = record;
  const timeNs = toTimeNs(textOf(timestamp));
  if (timeNs === null || typeof message !== "string") return null;
  const attributes = flatten(fields);
  return {
    id,
    timeNs,
    level: textOf(level).toLowerCase() || "info",
    message,
    traceId: idOf(trace_id, 16),
    spanId: idOf(span_id, 8),
    serviceName: textOf(attributes["service.name"]) || usualService,
    attributes,
  };
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.(\d{1,9})\d*)?(?:Z|[+-]\d{2}:?\d{2})$/i;

function toTimeNs(text: string): bigint | null {
  const parts = rfc3339.exec(text);
  const ms = Date.parse(text);
  if (parts === null || Number.isNaN(ms)) return null;
  const belowMs = (parts[1] ?? "").padEnd(9, "0").slice(3);
  return BigInt(ms) * nsAMs + BigInt(belowMs);
}

/** Longer than any request: a number beyond it is none of ours. */
const durationMsMax = 1e10;

/** The server span that a request's line tells of; null for any other line. */
export function toRequestSpan(line: LogLine): Span | null {
  const { attributes } = line;
  const durationMs = attributes["duration_ms"];
  const method = attributes["http.request.method"];
  const isRequest = line.message === "request" && line.traceId !== null && typeof method === "string";
  if (!isRequest || typeof durationMs !== "number" || !(durationMs >= 0 && durationMs <= durationMsMax)) return null;
  const durationNs = BigInt(Math.round(durationMs * 1e6));
  const status = attributes["http.response.status_code"];
  return {
    traceId: line.traceId,
    spanId: line.spanId ?? line.id,
    parentSpanId: null,
    name: [method, attributes["http.route"]].filter((part) => typeof part === "string").join(" "),
    kind: "server",
    startNs: line.timeNs - durationNs,
    durationNs,
    status: typeof status === "number" && status >= 500 ? "error" : "unset",
    statusMessage: "",
    serviceName: line.serviceName,
    attributes: { ...attributes, [MADE_FROM]: "request line" },
    events: [],
    links: [],
  };
}
