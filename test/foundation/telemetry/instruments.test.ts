import { afterEach, beforeEach, expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper } from "../../../src/foundation/errors/index.ts";
import { MemoryStore, rateLimit } from "../../../src/foundation/rate-limit/index.ts";
import { createDecisionCounter } from "../../../src/foundation/telemetry/instruments/rate-limiter.ts";
import { startRuntimeInstruments } from "../../../src/foundation/telemetry/instruments/runtime.ts";
import { until } from "./observed-db.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

let recorder: Recorder;
beforeEach(() => {
  recorder = createRecorder();
});
afterEach(() => recorder.stop());

test("a limiter tells what it decided of each counted request, and nothing of exempt ones", async () => {
  const app = new Hono();
  app.use(
    rateLimit({
      policy: { name: "address", limit: 3, windowSeconds: 60 },
      store: new MemoryStore(),
      key: () => "one client",
      cost: (c) => (c.req.path === "/health" ? 0 : 1),
      onDecision: createDecisionCounter(recorder.meter),
    }),
  );
  app.get("*", (c) => c.text("ok"));
  app.onError(createErrorMapper());
  for (let turn = 0; turn < 5; turn += 1) {
    await app.request("/");
    await app.request("/health");
  }
  const decided = (decision: string) =>
    recorder.count("rate_limiter.decisions", { "rate_limiter.decision": decision, "rate_limiter.policy": "address" });
  expect({ admitted: await decided("admitted"), limited: await decided("limited") }).toEqual({
    admitted: 3,
    limited: 2,
  });
  const points = await recorder.metricsOf("rate_limiter.decisions");
  expect(points.map(({ attributes }) => Object.keys(attributes))).toEqual([
    ["rate_limiter.decision", "rate_limiter.policy"],
    ["rate_limiter.decision", "rate_limiter.policy"],
  ]);
});

test("the event loop's delay and the memory are measured until that is stopped", async () => {
  // Each reading of the clock is 300 ms after the one before: a timer of 1 ms is 299 ms late.
  let clock = 0;
  let asked = 0;
  const stop = startRuntimeInstruments(recorder.meter, {
    intervalMs: 1,
    now: () => (clock += 300),
    memoryUsage: () => {
      asked += 1;
      return { rss: 2_000, heapUsed: 1_000 };
    },
  });
  await until("a delay was measured", async () => (await recorder.count("runtime.event_loop.delay")) >= 3);
  const [delay] = await recorder.metricsOf("runtime.event_loop.delay");
  const value = delay?.value;
  expect(typeof value === "object" && "max" in value && value.max).toBeCloseTo(0.299, 9);
  expect(await recorder.count("process.memory.usage")).toBe(2_000);
  expect(await recorder.count("runtime.heap.used")).toBe(1_000);
  stop();
  const [clockThen, askedThen] = [clock, asked];
  await recorder.count("process.memory.usage");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect({ clock, asked }).toEqual({ clock: clockThen, asked: askedThen });
});
