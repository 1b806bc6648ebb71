import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper, type Problem } from "../../../src/foundation/errors/index.ts";
import { watchEventLoopDelay } from "../../../src/foundation/http/event-loop-delay.ts";
import { jsonBody } from "../../../src/foundation/http/json-body.ts";
import { shedLoad } from "../../../src/foundation/http/load-shedding.ts";
import { limitTime, requestDeadline } from "../../../src/foundation/http/request-deadline.ts";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";

test("a body that does not come in time is a 408 that closes the connection, and the handler never runs", async () => {
  let handled = false;
  const app = new Hono();
  app.onError(createErrorMapper());
  app.use(limitTime(50));
  app.post("/", jsonBody(), (c) => {
    handled = true;
    return c.text("handled");
  });
  const drip = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array([123])) });
  const headers = { "Content-Type": "application/json" };
  const slow = await app.request("/", { method: "POST", body: drip, headers });
  expect([slow.status, ((await slow.json()) as Problem).error_id]).toEqual([408, "REQUEST_BODY_TIMEOUT"]);
  expect(slow.headers.get("connection")).toBe("close");
  expect(handled).toBe(false);
  const quick = await app.request("/", { method: "POST", body: "{}", headers });
  expect([quick.status, await quick.text()]).toEqual([200, "handled"]);
});

test("each request has a deadline of its own, and outside of one there is none", async () => {
  const app = new Hono();
  app.use(limitTime(60_000));
  app.get("/", async (c) => {
    const before = requestDeadline();
    await Bun.sleep(1);
    return c.json([before, requestDeadline()]);
  });
  const answers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      await Bun.sleep(Math.random() * 20);
      return (await (await app.request("/")).json()) as [number, number];
    }),
  );
  for (const [before, after] of answers) expect(after).toBe(before);
  expect(new Set(answers.map(([before]) => before)).size).toBe(answers.length);
  expect(requestDeadline()).toBeUndefined();
});

test("a process that is too far behind refuses with OVERLOADED and says when to come back, probes excepted", async () => {
  let delayMs = 0;
  const app = new Hono();
  app.onError(createErrorMapper());
  app.use(
    thrownGuard(shedLoad({ eventLoopDelayMs: () => delayMs, delayMsMax: 100, exempt: (path) => path === "/health" })),
  );
  app.get("*", (c) => c.text("ok"));
  expect((await app.request("/work")).status).toBe(200);
  delayMs = 101;
  const refused = await app.request("/work");
  expect([refused.status, ((await refused.json()) as Problem).error_id]).toEqual([503, "OVERLOADED"]);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await app.request("/health")).status).toBe(200);
  delayMs = 100;
  expect((await app.request("/work")).status).toBe(200);
});

test("a blocked event loop shows as its delay while it lasts, and no longer", async () => {
  const delay = watchEventLoopDelay();
  const until = performance.now() + 300;
  while (performance.now() < until);
  expect(delay.currentMs()).toBeGreaterThan(100);
  for (let tries = 0; tries < 200 && delay.currentMs() > 100; tries += 1) await Bun.sleep(25);
  expect(delay.currentMs()).toBeLessThanOrEqual(100);
  delay.stop();
});
