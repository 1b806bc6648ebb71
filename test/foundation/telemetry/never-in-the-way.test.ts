import { afterEach, expect, test } from "bun:test";
import { createLogger } from "../../../src/foundation/logging/index.ts";
import { setUpTelemetry, type Telemetry, type TelemetryOptions } from "../../../src/foundation/telemetry/index.ts";
import { telemetryOptions } from "./options.ts";

type Answer = (request: Request) => Response | Promise<Response>;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A receiver that answers as a test says, on a port that stays the same when it is started again. */
function serve(answer: Answer, port = 0) {
  const bodies: Uint8Array[] = [];
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    idleTimeout: 255,
    fetch: async (request) => {
      bodies.push(await request.bytes());
      return answer(request);
    },
  });
  ends.push(() => server.stop(true));
  return { url: server.url.origin, port: server.port ?? 0, bodies, stop: () => server.stop(true) };
}

async function open(endpoint: string, over: Partial<TelemetryOptions["otlp"]> = {}) {
  const { options, said } = telemetryOptions({ endpoint });
  const exporters = { traces: "otlp", logs: "none", metrics: "none" } as const;
  const telemetry = await setUpTelemetry({ ...options, exporters, otlp: { ...options.otlp, ...over } });
  ends.push(() => telemetry.shutdown(1_000));
  return { telemetry, said, options };
}

function makeSpans({ tracer }: Telemetry, count: number): void {
  for (let index = 0; index < count; index += 1) tracer.startSpan("x").end();
}

const done = (): Response => new Response(null, { status: 200 });

test("while the receiver fails there is one warning, with a count; when it works again one line says what was lost", async () => {
  let status = 500;
  const { telemetry, said } = await open(serve(() => new Response("oops", { status })).url);
  for (const count of [3, 4, 5]) {
    makeSpans(telemetry, count);
    await telemetry.flush(30_000);
  }
  expect(said).toMatchObject([
    { level: "warn", fields: { signal: "traces", lost_spans: 3, reason: "the receiver answered 500" } },
  ]);
  status = 200;
  makeSpans(telemetry, 1);
  await telemetry.flush(30_000);
  expect(said.slice(1)).toMatchObject([{ level: "info", fields: { lost_spans: 12, lost_log_records: 0 } }]);
  makeSpans(telemetry, 1);
  await telemetry.flush(30_000);
  expect(said).toHaveLength(2);
});

test("a receiver that is not there is said once, and found again when it is", async () => {
  const { url, port, stop } = serve(done);
  await stop();
  const { telemetry, said } = await open(url, { timeoutMs: 500 });
  makeSpans(telemetry, 7);
  await telemetry.flush(30_000);
  makeSpans(telemetry, 1);
  await telemetry.flush(30_000);
  expect(said).toMatchObject([{ level: "warn", fields: { lost_spans: 7 } }]);
  serve(done, port);
  makeSpans(telemetry, 1);
  await telemetry.flush(30_000);
  expect(said.map(({ message }) => message)).toEqual([
    "telemetry is being lost: what is exported does not arrive",
    "telemetry arrives again",
  ]);
  expect(said[1]?.fields).toMatchObject({ lost_spans: 8 });
});

test("a receiver that never answers costs one batch its time, and what waits behind it stays within the bound", async () => {
  const { url } = serve(() => new Promise<Response>(() => undefined));
  const { telemetry, said } = await open(url, { timeoutMs: 60_000 });
  const started = 100_000;
  makeSpans(telemetry, started);
  const refused = said.find(({ level }) => level === "warn")?.fields;
  expect(refused).toMatchObject({ reason: "the queue is full", lost_spans: 1 });
  await telemetry.shutdown(10);
  const lost = Number(said.at(-1)?.fields["lost_spans"]);
  expect(said.map(({ level }) => level)).toEqual(["warn", "info"]);
  // One batch is under way and 16,384 spans wait.
  expect(started - lost).toBe(2_048 + 16_384);
});

test("an answer that does not come in time is a loss", async () => {
  const { telemetry, said } = await open(serve(() => new Promise<Response>(() => undefined)).url, { timeoutMs: 50 });
  makeSpans(telemetry, 2);
  await telemetry.flush(30_000);
  expect(said).toMatchObject([{ fields: { reason: "no answer within 50 ms", lost_spans: 2 } }]);
});

test("what is answered 503 is sent again, after as long as the receiver asks for", async () => {
  const answers = [() => new Response(null, { status: 503, headers: { "Retry-After": "0" } }), done];
  const { url, bodies } = serve(() => (answers.shift() ?? done)());
  const { telemetry, said } = await open(url);
  makeSpans(telemetry, 2);
  await telemetry.flush(30_000);
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toEqual(bodies[0] as Uint8Array);
  expect(said).toEqual([]);
});

test("garbage for an answer harms nothing: a web page and a redirect are losses, and endless bodies are not read", async () => {
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      }),
      { headers: { "Content-Type": "application/x-protobuf" } },
    );
  const html = (): Response => new Response("<html>", { headers: { "Content-Type": "text/html; charset=utf-8" } });
  const protobuf = (bytes: number[]) => (): Response =>
    new Response(new Uint8Array(bytes), { headers: { "Content-Type": "application/x-protobuf" } });
  const redirect = (): Response => Response.redirect("http://127.0.0.1:1/", 307);
  const cases: readonly (readonly [Answer, number, RegExp])[] = [
    [html, 2, /a web page answered/],
    [redirect, 2, /answered 307/],
    [endless, 0, /^$/],
    [protobuf([0xff, 0xff, 0xff]), 2, /./],
    // ExportTraceServiceResponse { partial_success { rejected_spans: 1 } }
    [protobuf([0x0a, 0x02, 0x08, 0x01]), 1, /refused a part/],
  ];
  for (const [answer, lost, reason] of cases) {
    const { telemetry, said } = await open(serve(answer).url);
    makeSpans(telemetry, 2);
    await telemetry.flush(30_000);
    expect(said.map(({ fields }) => fields["lost_spans"] ?? 0)).toEqual(lost === 0 ? [] : [lost]);
    if (lost > 0) expect(String(said[0]?.fields["reason"])).toMatch(reason);
  }
});

test("with compression a batch arrives gzipped, and is what it would be without", async () => {
  const encodings: (string | null)[] = [];
  const { url, bodies } = serve((request) => {
    encodings.push(request.headers.get("content-encoding"));
    return done();
  });
  for (const compression of ["gzip", "none"] as const) {
    const { telemetry } = await open(url, { compression });
    makeSpans(telemetry, 100);
    await telemetry.flush(30_000);
  }
  expect(encodings).toEqual(["gzip", null]);
  const [gzipped = new Uint8Array(), plain = new Uint8Array()] = bodies;
  expect(gzipped.length).toBeLessThan(plain.length / 2);
  expect(Bun.gunzipSync(new Uint8Array(gzipped)).length).toBe(plain.length);
});

test("shutting down sends what waits and ends within its time, whatever the receiver does", async () => {
  const quick = serve(done);
  const opened = await open(quick.url);
  makeSpans(opened.telemetry, 5);
  await opened.telemetry.shutdown(30_000);
  expect(quick.bodies).toHaveLength(1);
  const stuck = await open(serve(() => new Promise<Response>(() => undefined)).url, { timeoutMs: 600_000 });
  makeSpans(stuck.telemetry, 5);
  await stuck.telemetry.shutdown(20);
  makeSpans(stuck.telemetry, 5);
  expect(stuck.said).toEqual([]);
});

test("all three signals failing at once are one warning, and one recovery", async () => {
  let status = 503;
  const { url } = serve(() => new Response(null, { status }));
  const { options, said } = telemetryOptions({ endpoint: url });
  const telemetry = await setUpTelemetry({ ...options, otlp: { ...options.otlp, timeoutMs: 50 } });
  ends.push(() => telemetry.shutdown(1_000));
  const logger = createLogger({ level: "info", sinks: telemetry.logSink === null ? [] : [telemetry.logSink] });
  const work = async (): Promise<void> => {
    makeSpans(telemetry, 2);
    logger.info("x");
    telemetry.meter.createCounter("x").add(1);
    await telemetry.flush(30_000);
  };
  await work();
  await work();
  expect(said.map(({ level }) => level)).toEqual(["warn"]);
  status = 200;
  await work();
  expect(said.slice(1)).toMatchObject([
    { level: "info", fields: { lost_spans: 4, lost_log_records: 2, lost_metric_points: 2 } },
  ]);
});
