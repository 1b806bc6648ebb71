import { expect, test } from "bun:test";
import { createTestApp, type RequestOptions } from "../../support/app.ts";

const limit = 3;
const windowSeconds = 60;
const start = new Date("2026-03-01T12:00:00.000Z");

/** The app with a small limit and a clock that stands still, and a client of its own address. */
async function createLimited() {
  const t = await createTestApp({
    env: { API_RATE_LIMIT_REQUESTS: String(limit), API_RATE_LIMIT_WINDOW: String(windowSeconds) },
  });
  t.clock.current = start;
  const from =
    (address: string) =>
    (path: string, options: RequestOptions = {}) =>
      t.request(path, { ...options, headers: { "X-Test-Address": address, ...options.headers } });
  const client = from("198.51.100.7");
  const spend = async () => {
    for (let request = 0; request < limit; request += 1) expect((await client("/errors")).status).toBe(200);
  };
  const passes = (seconds: number) => {
    t.clock.current = new Date((t.clock.current ?? start).getTime() + seconds * 1000);
  };
  return { t, from, client, spend, passes };
}

test("AC12.23.1 /health answers however much was asked before, and is not counted", async () => {
  const { t, client, spend } = await createLimited();
  for (let request = 0; request < limit * 3; request += 1) expect((await client("/health")).status).toBe(200);
  await spend();
  expect((await client("/errors")).status).toBe(429);
  const health = await client("/health");
  expect(health.status).toBe(200);
  expect(health.headers.get("ratelimit")).toBeNull();
  await t.close();
});

test("AC12.23.2 past the limit the answer is 429 with Retry-After, in the shape of every error", async () => {
  const { t, client, spend, passes } = await createLimited();
  await spend();
  passes(13.5);
  const { status, headers, body } = await client("/errors", { headers: { "X-Request-ID": "mine-1" } });
  expect(status).toBe(429);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(headers.get("retry-after")).toBe("47");
  expect(headers.get("ratelimit")).toBe("limit=3, remaining=0, reset=47");
  expect(headers.get("ratelimit-policy")).toBe("3;w=60");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(body).toEqual({
    type: "http://localhost/errors/RATE_LIMITED",
    title: "Too many requests",
    status: 429,
    detail: expect.stringContaining("47"),
    instance: "/errors",
    error_id: "RATE_LIMITED",
    request_id: "mine-1",
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(headers.get("traceparent")).toContain(`-${body.trace_id}-`);
  await t.close();
});

test("AC12.23.2 waiting for as long as Retry-After says is enough, and a second less is not", async () => {
  const { t, client, spend, passes } = await createLimited();
  await spend();
  const wait = Number((await client("/errors")).headers.get("retry-after"));
  expect(wait).toBe(windowSeconds);
  passes(wait - 1);
  expect((await client("/errors")).status).toBe(429);
  passes(1);
  expect((await client("/errors")).status).toBe(200);
  await t.close();
});

test("AC12.23.2 a request is counted whoever sends it and whatever becomes of it", async () => {
  const { t, client } = await createLimited();
  const books = "/api/v1/books";
  expect((await client(books)).status).toBe(401);
  expect((await client("/api/v1/nothing")).status).toBe(404);
  expect(
    (await client("/api/v1/auth/login", { body: "{", headers: { "Content-Type": "application/json" } })).status,
  ).toBe(400);
  for (const path of [books, "/api/v1/nothing", "/openapi.json"]) expect((await client(path)).status).toBe(429);
  await t.close();
});

test("AC12.23.3 ordinary traffic passes, and is told how much is left", async () => {
  const { t, client, passes } = await createLimited();
  for (let window = 0; window < 3; window += 1) {
    for (let left = limit - 1; left >= 0; left -= 1) {
      const { status, headers } = await client("/errors");
      expect(status).toBe(200);
      expect(headers.get("ratelimit")).toBe(`limit=3, remaining=${left}, reset=60`);
    }
    passes(windowSeconds);
  }
  await t.close();
});

test("AC12.23.3 one client's limit is not another's, and X-Forwarded-For buys none", async () => {
  const { t, from, client, spend } = await createLimited();
  await spend();
  expect((await from("198.51.100.8")("/errors")).status).toBe(200);
  const forged = { "X-Forwarded-For": "203.0.113.9", Forwarded: "for=203.0.113.9", "X-Real-IP": "203.0.113.9" };
  expect((await client("/errors", { headers: forged })).status).toBe(429);
  await t.close();
});

test("AC12.23.4 /docs and what it loads answer however much was asked before, and are not counted", async () => {
  const { t, client, spend } = await createLimited();
  const paths = ["/docs", "/docs/start.js", "/docs/scalar.js"];
  for (const path of paths) expect((await client(path)).status).toBe(200);
  await spend();
  expect((await client("/errors")).status).toBe(429);
  for (const path of paths) expect((await client(path)).status).toBe(200);
  for (const path of ["/docsx", "/health/more", "/healthz"]) expect((await client(path)).status).toBe(429);
  await t.close();
});
