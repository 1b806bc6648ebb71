import { afterEach, expect, test } from "bun:test";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Problem } from "../../../src/foundation/errors/index.ts";
import type { TelemetryOptions } from "../../../src/foundation/telemetry/index.ts";
import { createTracedApp, secret, type TracedApp } from "./traced-app.ts";

let opened: TracedApp | null = null;

async function open(over: Partial<TelemetryOptions> = {}): Promise<TracedApp> {
  opened = await createTracedApp(over);
  return opened;
}
afterEach(async () => {
  await opened?.close();
  opened = null;
});

/** The one span of one request. */
async function spanOf(app: TracedApp, path: string, init: RequestInit = {}): Promise<ReadableSpan> {
  const before = (await app.spans()).length;
  await app.request(path, init);
  const made = (await app.spans()).slice(before);
  if (made.length !== 1 || made[0] === undefined) throw new Error(`${made.length} spans were made`);
  return made[0];
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const callerId = "b7ad6b7169203331";
const fromCaller = (flags: "00" | "01", more: Record<string, string> = {}): RequestInit => ({
  headers: { traceparent: `00-${traceId}-${callerId}-${flags}`, ...more },
});

test("a server span is named by method and route, and has what the conventions ask for", async () => {
  const app = await open();
  const span = await spanOf(app, "http://books.example.com:8080/books/7?limit=5", {
    headers: { "User-Agent": "tests/1", "X-Request-ID": "r-1" },
  });
  expect([span.name, span.kind, span.status]).toEqual([
    "GET /books/:book_id",
    SpanKind.SERVER,
    { code: SpanStatusCode.UNSET },
  ]);
  expect(span.attributes).toEqual({
    "http.request.method": "GET",
    "http.route": "/books/:book_id",
    "http.response.status_code": 200,
    "url.full": "http://books.example.com:8080/books/7?limit=REDACTED",
    "url.path": "/books/7",
    "url.scheme": "http",
    "server.address": "books.example.com",
    "server.port": 8080,
    "client.address": "192.0.2.7",
    "user_agent.original": "tests/1",
    "network.protocol.version": "1.1",
    "user.id": "user-1",
    request_id: "r-1",
  });
});

test("a 4xx is no error of the server; it has its error id, and no event", async () => {
  const span = await spanOf(await open(), "/conflict");
  expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
  expect(span.events).toEqual([]);
  expect(span.attributes).toMatchObject({ "http.response.status_code": 409, error_id: "CONFLICT" });
  expect(span.attributes["error.type"]).toBeUndefined();
});

test("a 5xx is an error, with its id for a type and the exception as an event, causes included", async () => {
  const app = await open();
  const span = await spanOf(app, "/broken");
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(span.attributes).toMatchObject({ "error.type": "INTERNAL", error_id: "INTERNAL" });
  expect(span.events).toHaveLength(1);
  expect(span.events[0]).toMatchObject({ name: "exception", attributes: { "exception.message": "broken" } });
  const stack = String(span.events[0]?.attributes?.["exception.stacktrace"]);
  expect(stack).toContain("traced-app.ts");
  expect(stack).toContain("Caused by: TypeError: underneath");
  expect(app.records.filter(({ level }) => level === "error")).toHaveLength(1);
});

test("a path without a route is named by its method alone, and a method that HTTP does not know is _OTHER", async () => {
  const app = await open();
  const missing = await spanOf(app, "/nowhere/at/all");
  expect([missing.name, missing.attributes["http.route"]]).toEqual(["GET", undefined]);
  const odd = await spanOf(app, "/books/1", { method: "PROPFIND" });
  expect([odd.name, odd.attributes["http.request.method"], odd.attributes["http.request.method_original"]]).toEqual([
    "HTTP",
    "_OTHER",
    "PROPFIND",
  ]);
});

test("a trace is continued under the caller's span, and its tracestate kept", async () => {
  const app = await open();
  const span = await spanOf(app, "/books/1", fromCaller("01", { tracestate: "vendor=1" }));
  expect(span.spanContext().traceId).toBe(traceId);
  expect(span.parentSpanContext).toMatchObject({ spanId: callerId, isRemote: true });
  expect(span.spanContext().traceState?.serialize()).toBe("vendor=1");
});

test("a traceparent that is malformed, too long or all zero is as none", async () => {
  const app = await open();
  for (const traceparent of [
    "nonsense",
    `00-${traceId.toUpperCase()}-${callerId}-01`,
    `00-${"0".repeat(32)}-${callerId}-01`,
    `00-${traceId}-${callerId}-01-more`,
    `01-${traceId}-${callerId}-01-${"x".repeat(2_000)}`,
  ]) {
    const span = await spanOf(app, "/books/1", { headers: { traceparent } });
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(traceId);
  }
});

test("the ids of the answer, of the error body and of every log line are the server span's", async () => {
  const app = await open();
  for (const path of ["/books/1", "/conflict", "/broken", "/nowhere"]) {
    const before = (await app.spans()).length;
    app.records.length = 0;
    const response = await app.request(path);
    const body = (await response.json()) as Problem;
    const ids = (await app.spans())[before]?.spanContext();
    expect(response.headers.get("traceparent")).toBe(`00-${ids?.traceId}-${ids?.spanId}-01`);
    if (response.status >= 400) expect(body.trace_id).toBe(ids?.traceId ?? "");
    expect(app.records.length).toBeGreaterThan(0);
    for (const { trace } of app.records) expect(trace).toMatchObject({ traceId: ids?.traceId, spanId: ids?.spanId });
  }
});

test("a trace that the caller does not record leaves no span, and its ids are on the answer and in the log", async () => {
  const app = await open();
  const response = await app.request("/books/1", fromCaller("00"));
  const [, answered, spanId] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-00$/.exec(response.headers.get("traceparent") ?? "") ?? [];
  expect(answered).toBe(traceId);
  expect(spanId).not.toBe(callerId);
  for (const { trace } of app.records) expect(trace).toMatchObject({ traceId, spanId });
  expect(await app.spans()).toEqual([]);
});

test("requests at once each keep to a span of their own", async () => {
  const app = await open();
  await Promise.all(Array.from({ length: 50 }, (_, index) => app.request(`/books/${index}`)));
  const spans = await app.spans();
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(50);
  const lines = app.records.filter(({ message }) => message === "in the handler");
  expect(lines.map(({ trace }) => trace?.spanId).toSorted()).toEqual(
    spans.map((span) => span.spanContext().spanId).toSorted(),
  );
});

test("FT.LOG.2 credentials, cookies, values of queries and of failed statements reach neither a span nor a line", async () => {
  const app = await open();
  const headers = {
    Authorization: `Bearer ${secret}`,
    Cookie: `session=${secret}`,
    "X-Api-Key": secret,
    "Proxy-Authorization": `Basic ${secret}`,
    "User-Agent": `tests password=${secret}`,
  };
  for (const path of [`/books/1?password=${secret}&q=${secret}`, "/leak", `/nowhere?access_token=${secret}`, "/broken"])
    await app.request(path, { headers });
  const spans = await app.spans();
  expect(spans).toHaveLength(4);
  const told = JSON.stringify([
    spans.map(({ name, attributes, events }) => ({ name, attributes, events })),
    app.records.map(({ message, fields }) => ({ message, fields })),
  ]);
  expect(told).not.toContain(secret);
  expect(told).toContain("PostgresError");
});

test("where telemetry is off, ids are made as for a trace, and no span", async () => {
  const app = await open({ disabled: true });
  const response = await app.request("/conflict");
  const { trace_id } = (await response.json()) as Problem;
  expect(response.headers.get("traceparent")).toMatch(new RegExp(`^00-${trace_id}-[0-9a-f]{16}-01$`));
  expect(app.records[0]?.trace?.traceId).toBe(trace_id);
  expect(await app.spans()).toEqual([]);
});
