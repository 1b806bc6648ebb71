import type { Attributes, LogLine, Span } from "../../../../scripts/debug/model.ts";

export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "sum" | "histogram";
  readonly unit: string;
  readonly isMonotonic: boolean;
  readonly points: readonly {
    readonly timeMs: number;
    readonly value: number;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

export interface Telemetry {
  readonly spans?: readonly Span[];
  readonly logs?: readonly LogLine[];
  readonly metrics?: readonly Metric[];
}

let made = 0;

export const hexId = (bytes: 8 | 16): string =>
  crypto
    .randomUUID()
    .replaceAll("-", "")
    .slice(0, bytes * 2);

export function makeSpan(span: Partial<Span> & Pick<Span, "traceId">): Span {
  return {
    spanId: hexId(8),
    parentSpanId: null,
    name: "work",
    kind: "internal",
    startNs: BigInt(Date.now()) * 1_000_000n,
    durationNs: 1_000_000n,
    status: "unset",
    statusMessage: "",
    serviceName: "footing",
    attributes: {},
    events: [],
    links: [],
    ...span,
  };
}

export function makeLog(line: Partial<LogLine>): LogLine {
  made += 1;
  return {
    id: `log${String(made).padStart(8, "0")}`,
    timeNs: BigInt(Date.now()) * 1_000_000n,
    level: "info",
    message: "request",
    traceId: null,
    spanId: null,
    serviceName: "footing",
    attributes: {},
    ...line,
  };
}

export interface MadeRequest {
  readonly traceId: string;
  readonly requestId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogLine[];
}

/** A request as the API tells of it: the server's span, three statements, and a line when it is over. */
export function makeRequest(options: {
  readonly atMs: number;
  readonly route: string;
  readonly errorId?: string;
  readonly durationMs?: number;
}): MadeRequest {
  const { atMs, route, errorId, durationMs = 40 } = options;
  const [traceId, requestId] = [hexId(16), crypto.randomUUID()];
  const startNs = BigInt(atMs) * 1_000_000n;
  const durationNs = BigInt(durationMs) * 1_000_000n;
  const server = makeSpan({
    traceId,
    name: `POST ${route}`,
    kind: "server",
    startNs,
    durationNs,
    status: errorId === undefined ? "unset" : "error",
    attributes: {
      "http.request.method": "POST",
      "http.route": route,
      "http.response.status_code": errorId ? 503 : 201,
    },
  });
  const statements = ["BEGIN", "SELECT ledger.accounts", "INSERT ledger.entries"].map((summary, index) => {
    const offset = BigInt(5 + index * 10) * 1_000_000n;
    const attributes: Attributes = {
      "db.system.name": "postgresql",
      "db.query.summary": summary,
      "db.query.text": `${summary} …`,
    };
    return makeSpan({
      traceId,
      parentSpanId: server.spanId,
      name: summary,
      kind: "client",
      startNs: startNs + offset,
      durationNs: 8_000_000n,
      attributes,
    });
  });
  const common = { traceId, spanId: server.spanId };
  const done = makeLog({
    ...common,
    timeNs: startNs + durationNs,
    level: errorId === undefined ? "info" : "error",
    attributes: {
      "http.route": route,
      request_id: requestId,
      "user.id": "019ac5a2-0000-7000-8000-000000000001",
      "deployment.environment.name": "test",
      ...(errorId === undefined ? {} : { error_id: errorId }),
    },
  });
  return { traceId, requestId, spans: [server, ...statements], logs: [done] };
}
