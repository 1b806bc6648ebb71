import { expect, test } from "bun:test";
import fc from "fast-check";
import { Hono } from "hono";
import { createErrorMapper, type Problem } from "../../../src/foundation/errors/index.ts";
import { isProbeOrDocs, MemoryStore, rateLimit } from "../../../src/foundation/rate-limit/index.ts";

function createApp(limit: number, windowSeconds: number) {
  const clock = { ms: Date.parse("2026-01-01T00:00:00Z") };
  const app = new Hono();
  app.onError(createErrorMapper());
  app.use(
    rateLimit({
      limit,
      windowSeconds,
      key: (c) => c.req.header("x-client") ?? "one",
      exempt: isProbeOrDocs,
      now: () => new Date(clock.ms),
    }),
  );
  app.get("*", (c) => c.text("ok"));
  const get = (path = "/", client = "one") => app.request(path, { headers: { "x-client": client } });
  return { clock, get };
}

test("the limit is spent by as many requests as it says, and comes back with the next window", async () => {
  const { clock, get } = createApp(3, 60);
  for (const remaining of [2, 1, 0]) {
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get("ratelimit")).toBe(`limit=3, remaining=${remaining}, reset=60`);
    expect(response.headers.get("ratelimit-policy")).toBe("3;w=60");
  }
  clock.ms += 59_999;
  expect((await get()).status).toBe(429);
  clock.ms += 1;
  expect((await get()).status).toBe(200);
});

test("past the limit the answer is RATE_LIMITED with whole seconds to wait, at least one", async () => {
  const { clock, get } = createApp(1, 10);
  await get();
  clock.ms += 2_500;
  const early = await get();
  expect(early.status).toBe(429);
  expect(early.headers.get("retry-after")).toBe("8");
  expect(early.headers.get("ratelimit")).toBe("limit=1, remaining=0, reset=8");
  expect(((await early.json()) as Problem).error_id).toBe("RATE_LIMITED");
  clock.ms += 7_499;
  expect((await get()).headers.get("retry-after")).toBe("1");
});

test("clients are counted apart", async () => {
  const { get } = createApp(1, 60);
  expect((await get("/", "a")).status).toBe(200);
  expect((await get("/", "b")).status).toBe(200);
  expect((await get("/", "a")).status).toBe(429);
});

test("exempt paths are neither counted nor limited, and only exactly those", async () => {
  const { get } = createApp(1, 60);
  for (const path of ["/health", "/docs", "/docs/", "/docs/scalar.js", "/health"]) {
    const response = await get(path);
    expect([path, response.status, response.headers.get("ratelimit")]).toEqual([path, 200, null]);
  }
  expect((await get("/")).status).toBe(200);
  for (const path of ["/healthz", "/health/x", "/docsx", "/api/docs", "/Health", "/openapi.json"]) {
    expect([path, (await get(path)).status]).toEqual([path, 429]);
  }
});

test("the store counts as one counter a key and window would, and never keeps more keys than it may", () => {
  const step = fc.record({ key: fc.constantFrom("a", "b", "c"), afterMs: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let nowMs = 0;
      const store = new MemoryStore({ windowMs: 100, keysMax: 3, now: () => new Date(nowMs) });
      const model = new Map<string, { hits: number; resetMs: number }>();
      for (const { key, afterMs } of steps) {
        nowMs += afterMs;
        const known = model.get(key);
        const window = known !== undefined && known.resetMs > nowMs ? known : { hits: 0, resetMs: nowMs + 100 };
        window.hits++;
        model.set(key, window);
        expect(store.increment(key)).toEqual({ totalHits: window.hits, resetTime: new Date(window.resetMs) });
        expect(store.get(key)?.totalHits).toBe(window.hits);
        expect(store.size).toBeLessThanOrEqual(3);
      }
    }),
  );
});

test("however many keys come, the store stays within its bound and forgets the oldest window first", () => {
  const store = new MemoryStore({ windowMs: 1_000, keysMax: 100, now: () => new Date(0) });
  for (let client = 0; client < 10_000; client++) {
    store.increment(`client-${client}`);
    expect(store.size).toBeLessThanOrEqual(100);
  }
  expect(store.get("client-9999")?.totalHits).toBe(1);
  expect(store.get("client-0")).toBeUndefined();
});

test("windows that have ended are let go as new ones come", () => {
  let nowMs = 0;
  const store = new MemoryStore({ windowMs: 1_000, now: () => new Date(nowMs) });
  for (let client = 0; client < 1_000; client++) store.increment(`early-${client}`);
  nowMs = 5_000;
  for (let client = 0; client < 600; client++) store.increment(`late-${client}`);
  expect(store.size).toBe(600);
});
