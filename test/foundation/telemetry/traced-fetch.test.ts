import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { createRedactor } from "../../../src/foundation/logging/index.ts";
import { holdContextManager } from "../../../src/foundation/telemetry/context-manager.ts";
import { redactUrl } from "../../../src/foundation/telemetry/redacted-url.ts";
import { createTracedFetch, patchGlobalFetch } from "../../../src/foundation/telemetry/traced-fetch.ts";
import { createRecorder } from "./recorder.ts";

const redactor = createRedactor();
const recorder = createRecorder();
const tracedFetch = createTracedFetch({ ...recorder, redactor });
const base = () => server.url.href;
let letGo: () => void;
let server: Bun.Server<undefined>;

interface Echo {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

beforeAll(() => {
  letGo = holdContextManager();
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
});

afterEach(() => recorder.forget());

afterAll(async () => {
  await server.stop(true);
  await recorder.stop();
  letGo();
});

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/never") return new Promise(() => {});
  if (pathname === "/endless")
    return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1_000)) }));
  if (pathname === "/broken") return new Response("no", { status: 503 });
  if (pathname === "/moved") return Response.redirect(new URL("/", request.url).href, 302);
  const headers = Object.fromEntries(request.headers);
  return Response.json({ method: request.method, headers, body: await request.text() } satisfies Echo);
}

const echoOf = async (response: Promise<Response>) => (await (await response).json()) as Echo;
const only = () => {
  const spans = recorder.spans().filter((span) => span.kind === SpanKind.CLIENT);
  expect(spans).toHaveLength(1);
  return spans[0];
};
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("expected a failure"),
    (error: unknown) => error,
  );
}

test("FT.TRC.1 an outbound call is a CLIENT span in its request's trace, and takes the trace along", async () => {
  const { echo, traceId } = await recorder.request("request", async (span) => ({
    echo: await echoOf(tracedFetch(`${base()}a?page=2`)),
    traceId: span.spanContext().traceId,
  }));
  const span = only();
  expect(span?.name).toBe("GET");
  expect(span?.attributes).toEqual({
    "http.request.method": "GET",
    "server.address": "127.0.0.1",
    "server.port": server.port,
    "url.full": `${base()}a?page=2`,
    "http.response.status_code": 200,
  });
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.spanContext().traceId).toBe(traceId);
  expect(echo.headers["traceparent"]).toBe(`00-${traceId}-${span?.spanContext().spanId}-01`);
});

test("thirty calls at once of thirty requests each take their own trace along", async () => {
  const pairs = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      recorder.request(`request ${index}`, async (span) => {
        const { headers } = await echoOf(tracedFetch(base()));
        return [headers["traceparent"]?.split("-")[1], span.spanContext().traceId] as const;
      }),
    ),
  );
  for (const [sent, own] of pairs) expect(sent).toBe(own);
});

test("tracestate goes along, and a trace that is not recorded goes along as such", async () => {
  const off = createRecorder({ sampler: new AlwaysOffSampler() });
  const { headers } = await off.request("request", () =>
    echoOf(
      createTracedFetch({ ...off, redactor })(base(), { headers: { traceparent: "stale", tracestate: "stale=1" } }),
    ),
  );
  expect(headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(headers["tracestate"]).toBeUndefined();
  await off.stop();
  const parent = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1, isRemote: true };
  const traceState = {
    serialize: () => "vendor=1",
    get: () => undefined,
    set: () => traceState,
    unset: () => traceState,
  };
  const remote = trace.setSpanContext(context.active(), { ...parent, traceState });
  const echo = await context.with(remote, () => echoOf(tracedFetch(base())));
  expect(echo.headers["tracestate"]).toBe("vendor=1");
});

const texts = { headers: { "X-Own": "1", "Content-Type": "text/plain" }, body: "hello" };
test.each<[string, () => Parameters<typeof fetch>]>([
  ["a text and settings", () => [base(), { method: "POST", ...texts }]],
  ["a URL", () => [new URL(base()), { method: "post", ...texts }]],
  ["a Request", () => [new Request(base(), { method: "POST", ...texts })]],
  [
    "a Request with headers over its own",
    () => [new Request(base(), { method: "POST", body: "hello" }), { headers: texts.headers }],
  ],
  ["a Request as settings", () => [base(), new Request(`${base()}other`, { method: "POST", ...texts })]],
  [
    "a body that is streamed",
    () => [base(), { method: "POST", headers: texts.headers, body: new Blob(["hel", "lo"]).stream() }],
  ],
])("what is sent is what fetch would have sent, but for the trace: %s", async (_, parameters) => {
  const { traceparent, ...headers } = (await echoOf(tracedFetch(...parameters()))).headers;
  const { headers: expected, ...rest } = await echoOf(fetch(...parameters()));
  expect(headers).toEqual(expected);
  expect(rest).toEqual({ method: "POST", body: "hello" });
  expect(traceparent).toBeDefined();
  expect(only()?.name).toBe("POST");
});

test("an answer of 4xx or 5xx is an error of the call; a redirect is followed as ever", async () => {
  expect((await tracedFetch(`${base()}broken`)).status).toBe(503);
  const span = only();
  expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  expect(span?.attributes["error.type"]).toBe("503");
  recorder.forget();
  const response = await tracedFetch(`${base()}moved`);
  expect({ redirected: response.redirected, url: response.url }).toEqual({ redirected: true, url: base() });
  const manual = await tracedFetch(`${base()}moved`, { redirect: "manual" });
  expect(manual.status).toBe(302);
});

test("an abort before the answer is thrown as it is, and ends the span as an error", async () => {
  const reason = new Error("the caller's own reason");
  const abort = new AbortController();
  const pending = failureOf(tracedFetch(`${base()}never`, { signal: abort.signal }));
  abort.abort(reason);
  expect(await pending).toBe(reason);
  expect(only()?.status.code).toBe(SpanStatusCode.ERROR);
  recorder.forget();
  const timedOut = await failureOf(tracedFetch(new Request(`${base()}never`, { signal: AbortSignal.timeout(5) })));
  expect(timedOut).toMatchObject({ name: "TimeoutError" });
  expect(only()?.status.code).toBe(SpanStatusCode.ERROR);
});

test("a body is the caller's to read, to leave or to abort: the span ended with the head", async () => {
  const abort = new AbortController();
  const response = await tracedFetch(`${base()}endless`, { signal: abort.signal });
  expect(only()?.status.code).toBe(SpanStatusCode.UNSET);
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(0);
  abort.abort();
  await failureOf(
    (async () => {
      while (reader !== undefined) await reader.read();
    })(),
  );
  expect(recorder.spans()).toHaveLength(1);
});

test("what cannot be sent fails as fetch fails, and a refused connection is an error of the call", async () => {
  for (const bad of ["/relative", "", "http://"]) {
    const own = await failureOf(tracedFetch(bad));
    const plain = await failureOf(fetch(bad));
    expect({ own: String(own) }).toEqual({ own: String(plain) });
  }
  expect(recorder.spans()).toEqual([]);
  const closed = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const { href } = closed.url;
  await closed.stop(true);
  await failureOf(tracedFetch(href));
  expect(only()?.attributes["error.type"]).toBeString();
});

test("no span and no trace goes to an excluded origin, nor out of code that telemetry runs", async () => {
  const excluding = createTracedFetch({ ...recorder, redactor, excludedOrigins: new Set([server.url.origin]) });
  expect(
    (await echoOf(excluding(`${base()}v1/traces`, { method: "POST", body: "" }))).headers["traceparent"],
  ).toBeUndefined();
  const suppressed = suppressTracing(context.active());
  const echo = await context.with(suppressed, () => echoOf(tracedFetch(base())));
  expect(echo.headers["traceparent"]).toBeUndefined();
  expect(recorder.spans()).toEqual([]);
});

test("an unknown method is told as such, and its name bounds no span", async () => {
  await (await tracedFetch(base(), { method: "PURGE" })).text();
  expect(only()?.name).toBe("HTTP");
  expect(only()?.attributes["http.request.method"]).toBe("_OTHER");
  expect(only()?.attributes["http.request.method_original"]).toBe("PURGE");
});

test("the global fetch is patched when asked, keeps what hangs on it, and comes back when undone", async () => {
  const plain = globalThis.fetch;
  const undo = patchGlobalFetch({ ...recorder, redactor });
  const patched = globalThis.fetch;
  expect(patched.preconnect).toBe(plain.preconnect);
  await (await fetch(base())).text();
  expect(recorder.spans()).toHaveLength(1);
  undo();
  expect(globalThis.fetch).toBe(plain);
  await (await patched(base())).text();
  expect(recorder.spans()).toHaveLength(1);
});

test("undoing leaves a patch that came later in its place", () => {
  const plain = globalThis.fetch;
  const undo = patchGlobalFetch({ ...recorder, redactor });
  const later: typeof fetch = Object.assign((...args: Parameters<typeof fetch>) => plain(...args), plain);
  globalThis.fetch = later;
  undo();
  expect(globalThis.fetch).toBe(later);
  globalThis.fetch = plain;
});

test.each([
  ["https://ann:hunter2@api.example:8443/a/b?x=1#frag", "https://REDACTED:REDACTED@api.example:8443/a/b?x=1"],
  [
    "https://s3.example/k?X-Amz-Signature=abc&X-Amz-Date=2026",
    "https://s3.example/k?X-Amz-Signature=REDACTED&X-Amz-Date=2026",
  ],
  [
    "https://s3.example/k?AWSAccessKeyId=AK&Signature=s&sig=t",
    "https://s3.example/k?AWSAccessKeyId=REDACTED&Signature=REDACTED&sig=REDACTED",
  ],
  ["https://a.example/?access_token=t&page=2&q=%C3%A4+b", "https://a.example/?access_token=REDACTED&page=2&q=%C3%A4+b"],
  ["https://a.example/?a%63cess_token=t", "https://a.example/?a%63cess_token=REDACTED"],
  ["https://a.example/?flag&empty=", "https://a.example/?flag&empty="],
])("FT.LOG.2 a URL on a span has neither credentials nor secret values: %s", (url, expected) => {
  expect(redactUrl(new URL(url), redactor)).toBe(expected);
});

test("FT.LOG.2 whatever a credential or secret value is, the URL on the span does not hold it", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/).map((text) => `Zq${text}`);
  const name = fc.constantFrom(
    "token",
    "access_token",
    "api_key",
    "password",
    "X-Amz-Signature",
    "client_secret",
    "sig",
  );
  fc.assert(
    fc.property(secret, name, fc.webPath(), (value, key, path) => {
      const url = new URL(`https://u${value}:p${value}@api.example${path}?a=1&${key}=${value}&b=2`);
      expect(redactUrl(url, redactor)).not.toContain(value);
    }),
  );
});
