/** A line as the API writes it. */
export function apiLine(atMs: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const { level = "info", message = "request", ...rest } = fields;
  return JSON.stringify({ timestamp: new Date(atMs).toISOString(), level, message, ...rest });
}

export const hexId = (number: number, bytes: number): string => number.toString(16).padStart(2 * bytes, "0");

/** The line of a request's end, in a trace of its own. */
export function requestLine(number: number, atMs: number, fields: Readonly<Record<string, unknown>> = {}): string {
  return apiLine(atMs, {
    request_id: `req-${number}`,
    trace_id: hexId(number, 16),
    span_id: hexId(number, 8),
    "http.request.method": "GET",
    "http.route": "/api/v1/books/:book_id",
    "url.path": "/api/v1/books/1",
    "http.response.status_code": 200,
    duration_ms: 12.5,
    ...fields,
  });
}

export interface OtlpSpanParts {
  readonly trace: number;
  readonly id: number;
  readonly parent?: number;
  readonly name?: string;
  readonly fromMs: number;
  readonly forMs: number;
}

/** A line as the OpenTelemetry file exporter writes it. */
export function otlpLine(spans: readonly OtlpSpanParts[], serviceName = "footing"): string {
  const toSpan = ({ trace, id, parent, name = `span ${id}`, fromMs, forMs }: OtlpSpanParts) => ({
    traceId: hexId(trace, 16),
    spanId: hexId(id, 8),
    ...(parent === undefined ? {} : { parentSpanId: hexId(parent, 8) }),
    name,
    kind: 2,
    startTimeUnixNano: `${fromMs}000000`,
    endTimeUnixNano: `${fromMs + forMs}000000`,
    attributes: [{ key: "http.route", value: { stringValue: "/things" } }],
    status: {},
  });
  const resource = { attributes: [{ key: "service.name", value: { stringValue: serviceName } }] };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "s" }, spans: spans.map(toSpan) }] }],
  });
}
