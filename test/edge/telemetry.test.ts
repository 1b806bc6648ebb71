import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type OtlpReceiver, startReceiver } from "../support/otlp-receiver.ts";
import { startWorkerd, type Workerd } from "./support/workerd.ts";

const service = `edge-${process.pid}`;

let database: TestDatabase;
let receiver: OtlpReceiver;
let edge: Workerd<"traced" | "deaf">;
let directory: string;

beforeAll(async () => {
  [database, receiver] = await Promise.all([createTestDatabase(), startReceiver()]);
  directory = await mkdtemp(join(tmpdir(), "footing-edge-"));
  const variables = {
    ENVIRONMENT: "test",
    SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
    DATABASE_URL: database.apiUrl,
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
  };
  edge = await startWorkerd(directory, {
    traced: { variables: { ...variables, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: service } },
    deaf: {
      variables: { ...variables, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT: "200" },
    },
  });
}, 60_000);

afterAll(async () => {
  await edge?.stop();
  await receiver?.close();
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

/** Waits for what happens behind the answers; the test's own time limit ends it otherwise. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await Bun.sleep(20);
}

test("on workerd each request's spans and lines arrive behind its answer, statements below its own server span", async () => {
  const json = { email: "ada@example.com", password: "correct horse battery staple" };
  const registered = await edge.request("traced", "/api/v1/auth/register", { json });
  expect(registered.status).toBe(201);
  const answers = await Promise.all(Array.from({ length: 20 }, () => edge.request("traced", "/api/v1/nothing")));
  const got = receiver.from(service);
  const isThere = (id: string) => got.spans.some(({ spanId }) => spanId === id);
  await until(() => got.spans.filter(({ kind }) => kind === "SERVER").length === 21 && got.logs.length >= 21);
  for (const { headers } of [registered, ...answers]) {
    const [, traceId, spanId] = (headers.get("traceparent") ?? "").split("-");
    expect(got.spans.filter((span) => span.spanId === spanId).map((span) => [span.traceId, span.kind])).toEqual([
      [traceId ?? "", "SERVER"],
    ]);
    expect(got.logs.filter((log) => log.body === "request" && log.spanId === spanId)).toHaveLength(1);
  }
  const [, traceId] = (registered.headers.get("traceparent") ?? "").split("-");
  const statements = got.spans.filter((span) => span.traceId === traceId && span.kind === "CLIENT");
  expect(statements.map(({ name }) => name)).toContain("INSERT identity.users");
  // What a start does behind the first answer has a span of its own, which may end after those below it have left.
  await until(() => got.spans.every(({ parentSpanId }) => parentSpanId === "" || isThere(parentSpanId)));
}, 60_000);

test("on workerd metrics leave once their interval is over, with a request", async () => {
  const got = receiver.from(service);
  while (got.total("http.server.request.duration") < 22) {
    expect((await edge.request("traced", "/errors")).status).toBe(200);
    await Bun.sleep(200);
  }
  expect(got.total("http.server.active_requests")).toBeLessThanOrEqual(1);
}, 60_000);

test("on workerd a receiver that is not there is in nobody's way", async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => edge.request("deaf", "/errors")));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  await until(() => edge.logged.some(({ message }) => String(message).startsWith("telemetry is being lost")));
  expect((await edge.request("deaf", "/errors")).status).toBe(200);
  expect(edge.complaints).toEqual([]);
}, 60_000);
