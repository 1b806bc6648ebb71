import { afterAll, beforeAll, expect, test } from "bun:test";
import { createApp } from "../../../src/app.ts";
import { createChecks } from "../../../src/boot/create-checks.ts";
import { createLifecycle } from "../../../src/foundation/health/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp({ env: { REDIS_URL: "redis://u:hunter2@127.0.0.1:1", S3_BUCKET: "books" } });
});
afterAll(() => t.close());

const probes = {
  pingRedis: () => Promise.reject(new Error("connect to 127.0.0.1:1 as hunter2 failed")),
  probeBucket: async () => true,
};

test("FT.BOOT.1 /health reports each dependency with its state and time, and tells no address and no secret", async () => {
  const app = createApp({ ...t.deps, checks: createChecks(t.deps.config, t.db, probes) });
  const response = await app.request("/health");
  const text = await response.text();
  const timed = { duration_ms: expect.any(Number) };
  expect([response.status, JSON.parse(text)]).toEqual([
    200,
    {
      status: "degraded",
      version: expect.any(String),
      commit: null,
      checks: {
        database: { status: "ok", critical: true, ...timed },
        redis: { status: "failed", critical: false, ...timed },
        storage: { status: "ok", critical: false, ...timed },
        model: { status: "not_configured", critical: false, ...timed },
      },
    },
  ]);
  expect(text).not.toMatch(/hunter2|127\.0\.0\.1|books/);
  expect(t.logLines.filter((line) => line.includes("health check of redis failed"))).toHaveLength(1);
});

test("/health/ready is false before the start is done and while it drains, and /health/live is true throughout", async () => {
  const lifecycle = createLifecycle();
  const app = createApp({ ...t.deps, lifecycle });
  const ask = async (path: string) => {
    const response = await app.request(path);
    return [response.status, await response.json()];
  };
  expect(await ask("/health/ready")).toEqual([503, { status: "starting" }]);
  lifecycle.enter("ready");
  expect(await ask("/health/ready")).toEqual([200, { status: "ready" }]);
  lifecycle.enter("draining");
  expect(await ask("/health/ready")).toEqual([503, { status: "draining" }]);
  expect(await ask("/health/live")).toEqual([200, { status: "ok" }]);
});

test("a process that is too far behind refuses with OVERLOADED, and still answers its probes", async () => {
  const user = await t.register();
  t.load.eventLoopDelayMs = t.deps.config.http.eventLoopDelayMsMax + 1;
  const refused = await t.request(user.book, { token: user.token });
  expect([refused.status, refused.body.error_id, refused.headers.get("retry-after")]).toEqual([503, "OVERLOADED", "1"]);
  expect((await t.request("/health/live")).status).toBe(200);
  t.load.eventLoopDelayMs = 0;
  expect((await t.request(user.book, { token: user.token })).status).toBe(200);
});
