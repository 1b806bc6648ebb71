import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type OtlpReceiver, type Received, type ReceivedSpan, startReceiver } from "../support/otlp-receiver.ts";
import { openTemporaryDirectory } from "../support/scratch-directory.ts";
import { runClients, type Sent } from "./workload.ts";

// A real process of the API under fifty clients at once, and what a receiver that shares no code with it made of all three
// signals. Nothing here waits for a time: the process has ended, and so all that it had to tell has been told.

const service = `proof-${process.pid}`;
const clients = 50;
/** What fifty clients and a registration send. */
const requestCount = clients * 11 + 1;

let database: TestDatabase;
let receiver: OtlpReceiver;
let api: ApiProcess;
let sent: readonly Sent[];
let got: Received;
let byId: ReadonlyMap<string, ReceivedSpan>;
let servers: readonly ReceivedSpan[];

beforeAll(async () => {
  [database, receiver] = await Promise.all([createTestDatabase(), startReceiver()]);
  got = receiver.from(service);
  api = await startApi({
    cwd: openTemporaryDirectory(),
    env: {
      DATABASE_URL: database.apiUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: service,
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      API_RATE_LIMIT_REQUESTS: "1000000",
      DB_POOL_TIMEOUT_MS: "120000",
      LOG_LEVEL: "debug",
    },
  });
  sent = await runClients(api, clients);
  // Gauges are read while the process works; the rest only spares its end the bulk of the sending.
  const arrived = (): boolean =>
    got.metrics.has("db.client.connection.count") && got.spans.filter(isServer).length === requestCount;
  while (!arrived()) await Bun.sleep(50);
  const code = await api.end("SIGTERM");
  if (code !== 0) throw new Error(`the API ended with ${code}`);
  byId = new Map(got.spans.map((span) => [span.spanId, span]));
  servers = got.spans.filter(isServer);
}, 180_000);

afterAll(async () => {
  await receiver?.close();
  await database?.drop();
});

const isServer = ({ kind }: ReceivedSpan): boolean => kind === "SERVER";
const isStatement = ({ kind, attributes }: ReceivedSpan): boolean =>
  kind === "CLIENT" && attributes["db.system.name"] === "postgresql";

/** The spans above one, nearest first. */
function chainOf(span: ReceivedSpan): ReceivedSpan[] {
  const parent = byId.get(span.parentSpanId);
  return parent === undefined ? [] : [parent, ...chainOf(parent)];
}

test("the workload was what it is meant to be: entries, voids and reports that succeed, and writes that are refused", () => {
  expect(sent).toHaveLength(requestCount);
  const outcomes = new Map(sent.map(({ kind, status, errorId }) => [kind, `${status} ${errorId ?? "ok"}`]));
  expect(Object.fromEntries(outcomes)).toEqual({
    register: "201 ok",
    book: "201 ok",
    account: "201 ok",
    entry: "201 ok",
    unbalanced: "422 ENTRY_UNBALANCED",
    malformed: "400 VALIDATION_FAILED",
    void: "201 ok",
    report: "200 ok",
    missing: "404 NOT_FOUND",
    nowhere: "404 ROUTE_NOT_FOUND",
  });
});

test("FT.TRC.1 every request has one server span, under its caller's, with the ids of its answer", () => {
  const told = servers.map(({ traceId, spanId, parentSpanId, attributes }) => ({
    requestId: attributes["request_id"],
    traceId,
    callerId: parentSpanId,
    status: attributes["http.response.status_code"],
    errorId: attributes["error_id"],
    answeredTraceId: traceId,
    answeredSpanId: spanId,
  }));
  const byRequest = (left: { requestId: unknown }, right: { requestId: unknown }): number =>
    String(left.requestId) < String(right.requestId) ? -1 : 1;
  expect(told.toSorted(byRequest)).toEqual(sent.map(({ kind: _, ...rest }) => rest).toSorted(byRequest) as typeof told);
  expect(servers.filter(({ status }) => status !== "UNSET")).toEqual([]);
});

test("FT.TRC.1 no span is an orphan, and none stands in another trace than the one above it", () => {
  const callers = new Set(sent.map(({ callerId }) => callerId));
  const orphans = got.spans.filter(
    ({ parentSpanId }) => parentSpanId !== "" && !byId.has(parentSpanId) && !callers.has(parentSpanId),
  );
  expect(orphans).toEqual([]);
  const astray = got.spans.filter((span) => chainOf(span).some(({ traceId }) => traceId !== span.traceId));
  expect(astray).toEqual([]);
  expect(byId.size).toBe(got.spans.length);
});

test("FT.TRC.1 the chain above every statement of a request ends in that request's server span, none crosses over", () => {
  const traces = new Set(sent.map(({ traceId }) => traceId));
  const statements = got.spans.filter(isStatement).filter(({ traceId }) => traces.has(traceId));
  expect(statements.length).toBeGreaterThan(requestCount);
  for (const statement of statements) {
    expect(chainOf(statement).map(({ kind }) => kind)).toEqual(["INTERNAL", "SERVER"]);
  }
  // A statement in another's trace would make two requests of one kind differ.
  const shapes = new Map<string, Set<string>>();
  for (const { kind, traceId } of sent) {
    const names = got.spans.filter((span) => span.traceId === traceId).map((span) => `${span.kind} ${span.name}`);
    shapes.set(kind, (shapes.get(kind) ?? new Set()).add(names.toSorted().join("\n")));
  }
  for (const [kind, variants] of shapes)
    expect({ kind, variants: [...variants] }).toEqual({ kind, variants: [expect.any(String)] });
});

test("FT.TRC.1 there are as many statements as each request's own line counts", () => {
  const lines = new Map(got.logs.map((log) => [log.attributes["request_id"], log]));
  for (const { requestId, traceId } of sent) {
    const counted = lines.get(requestId)?.attributes["db.query.count"] ?? 0;
    // What is sent behind the answer, a ROLLBACK or a read's COMMIT, the line may have been too early for.
    const spans = got.spans.filter((span) => span.traceId === traceId && isStatement(span));
    const late = spans.filter(({ name }) => name === "ROLLBACK" || name === "COMMIT").length;
    expect(Number(counted)).toBeLessThanOrEqual(spans.length);
    expect(Number(counted)).toBeGreaterThanOrEqual(spans.length - late);
  }
});

test("every line of a request has the ids of a trace and a span that arrived, and there is one line about each request", () => {
  const inside = got.logs.filter(({ attributes }) => attributes["request_id"] !== undefined);
  const traceIds = new Map(sent.map(({ requestId, traceId }) => [requestId, traceId]));
  for (const { traceId, spanId, attributes } of inside) {
    expect(byId.get(spanId)?.traceId).toBe(traceId);
    expect(traceIds.get(String(attributes["request_id"]))).toBe(traceId);
  }
  const about = inside.filter(({ body }) => body === "request");
  expect(about.map(({ attributes }) => attributes["request_id"]).toSorted()).toEqual(
    sent.map(({ requestId }) => requestId).toSorted(),
  );
  const severities = new Set(
    about.map(({ severityText, severityNumber, attributes }) => {
      const refused = Number(attributes["http.response.status_code"]) >= 400;
      return `${refused} ${severityText} ${severityNumber}`;
    }),
  );
  expect([...severities].toSorted()).toEqual(["false INFO 9", "true WARN 13"]);
});

test("what left over OTLP is what was written: the same lines as on standard output, up to the last", () => {
  const written = api.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  expect(got.logs.map(({ body }) => body)).toEqual(written.map(({ message }) => message));
  expect(got.logs.map(({ traceId }) => traceId)).toEqual(written.map(({ trace_id }) => trace_id ?? ""));
  expect(got.logs.at(-1)?.body).toBe("Footing has stopped");
});

test("FT.MET.1 request, database, pool, limiter and ledger metrics arrive, and count what was done", () => {
  const entries = clients * 2;
  expect(got.total("http.server.request.duration")).toBe(requestCount);
  for (const { kind, route, status } of [
    { kind: "entry", route: "/api/v1/books/:book_id/journal-entries", status: 201 },
    { kind: "report", route: "/api/v1/books/:book_id/reports/trial-balance", status: 200 },
    { kind: "missing", route: "/api/v1/books/:book_id/journal-entries/:entry_id", status: 404 },
  ]) {
    const attributes = { "http.route": route, "http.response.status_code": status };
    expect(got.total("http.server.request.duration", attributes)).toBe(
      sent.filter((request) => request.kind === kind).length,
    );
  }
  expect(got.total("http.server.active_requests")).toBe(0);
  const statements = got.spans.filter(isStatement);
  expect(got.total("db.client.operation.duration")).toBe(statements.length);
  const transactions = got.spans.filter(({ attributes }) => attributes["db.transaction.outcome"] !== undefined);
  for (const outcome of ["committed", "rolled_back", "failed"]) {
    expect(got.total("db.client.transactions", { "db.transaction.outcome": outcome })).toBe(
      transactions.filter(({ attributes }) => attributes["db.transaction.outcome"] === outcome).length,
    );
  }
  expect(got.total("ledger.entries.posted")).toBe(entries + clients);
  expect(got.total("ledger.entries.voided")).toBe(clients);
  expect(got.total("ledger.entries.rejected", { "error.type": "ENTRY_UNBALANCED" })).toBe(clients);
  const admitted = { "rate_limiter.decision": "admitted", "rate_limiter.policy": "address" };
  expect(got.total("rate_limiter.decisions", admitted)).toBe(requestCount);
  const gauges = ["db.client.connection.count", "db.client.connection.pending_requests", "process.memory.usage"];
  for (const gauge of [...gauges, "runtime.event_loop.delay"]) expect([...got.metrics]).toContain(gauge);
  const buckets = got.points.find(({ metric }) => metric === "http.server.request.duration");
  expect([buckets?.unit, buckets?.bounds[0], buckets?.bounds.at(-1)]).toEqual(["s", 0.005, 10]);
});

test("no attribute of a metric has more values than the routes, statuses and ids of errors allow", () => {
  const values = new Map<string, Set<unknown>>();
  for (const { metric, attributes } of got.points)
    for (const [name, value] of Object.entries(attributes))
      values.set(`${metric} ${name}`, (values.get(`${metric} ${name}`) ?? new Set()).add(value));
  for (const [name, seen] of values) expect({ name, many: seen.size > 40 }).toEqual({ name, many: false });
});

test("all three signals say where they come from, alike", () => {
  const [first, ...others] = got.resources;
  expect(first).toMatchObject({
    "service.name": service,
    "service.version": expect.stringMatching(/^\d/),
    "service.instance.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    "deployment.environment.name": "development",
    "deployment.environment": "development",
  });
  for (const other of others) expect(other).toEqual(first ?? {});
});
