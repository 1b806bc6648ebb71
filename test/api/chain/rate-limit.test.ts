import { expect, test } from "bun:test";
import { createTestApp, type RequestOptions } from "../../support/app.ts";
import { listOperations } from "../shared-suite/operations.ts";

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
  expect(headers.get("retry-after")).toBe("53");
  expect(headers.get("ratelimit")).toBe('"address";r=0;t=53');
  expect(headers.get("ratelimit-policy")).toBe('"address";q=3;w=60');
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(body).toEqual({
    type: "http://localhost/errors/RATE_LIMITED",
    title: "Too many requests",
    status: 429,
    detail: expect.stringContaining("53"),
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
  expect(wait).toBe(windowSeconds * 1.1);
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
  expect((await client("/errors?no=such")).status).toBe(400);
  for (const path of [books, "/api/v1/nothing", "/errors"]) expect((await client(path)).status).toBe(429);
  await t.close();
});

test("AC12.23.3 ordinary traffic passes, and is told how much is left", async () => {
  const { t, client, passes } = await createLimited();
  for (let window = 0; window < 3; window += 1) {
    for (let left = limit - 1; left >= 0; left -= 1) {
      const { status, headers } = await client("/errors");
      expect(status).toBe(200);
      expect(headers.get("ratelimit")).toBe(`"address";r=${left};t=66`);
    }
    passes(windowSeconds * 1.1);
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

test("AC12.23.4 /docs, the document and what they load answer however much was asked before, and are not counted", async () => {
  const { t, client, spend } = await createLimited();
  const paths = ["/docs", "/docs/start.js", "/docs/scalar.js", "/openapi.json"];
  for (const path of paths) expect((await client(path)).status).toBe(200);
  await spend();
  expect((await client("/errors")).status).toBe(429);
  for (const path of paths) expect((await client(path)).status).toBe(200);
  for (const path of ["/docsx", "/docs/", "/docs/nothing", "/health/more", "/healthz"])
    expect((await client(path)).status).toBe(429);
  await t.close();
});

test("no route is exempt but those that tell how the process is, and each route says what it costs", async () => {
  const t = await createTestApp();
  const costs = new Map(listOperations(t.app).map(({ id, cost }) => [id, cost]));
  const costing = (cost: number) => [...costs].filter(([, own]) => own === cost).map(([id]) => id);
  expect(costing(0).toSorted()).toEqual(["getHealth", "getLiveness", "getReadiness"]);
  expect(costing(5).toSorted()).toEqual(["postJournalEntries", "recordPrices"]);
  expect(costing(10).toSorted()).toEqual(["exportBook", "verifyBook"]);
  expect([costs.get("listAccounts"), costs.get("createAccount"), costs.get("deleteAccount")]).toEqual([1, 2, 2]);
  expect(costing(1).length + costing(2).length + 7).toBe(costs.size);
  await t.close();
});

test("a user has one limit wherever it comes from and by whatever credential, asked right after authentication", async () => {
  const t = await createTestApp({ env: { API_RATE_LIMIT_REQUESTS: "12" } });
  t.clock.current = start;
  const [user, other] = [await t.register(), await t.register()];
  const from = (address: string, token: string, path = "/accounts") =>
    t.request(`${user.book}${path}`, { token, headers: { "X-Test-Address": address } });
  const { body } = await t.request(`${user.book}/api-keys`, {
    token: user.token,
    json: { name: "program", scopes: ["read"] },
    headers: { "X-Test-Address": "203.0.113.1" },
  });
  const { status, headers } = await from("203.0.113.2", user.token, "/export?format=json");
  expect(status).toBe(200);
  expect(headers.get("ratelimit")).toBe('"address";r=2;t=66, "principal";r=0;t=66');
  expect(headers.get("ratelimit-policy")).toBe('"address";q=12;w=60, "principal";q=12;w=60');
  for (const token of [user.token, body.key]) {
    const refused = await from("203.0.113.3", token, "/no-such-route");
    expect([refused.status, refused.body.error_id]).toEqual([429, "RATE_LIMITED"]);
    expect(refused.headers.get("retry-after")).toBe("66");
  }
  expect((await from("203.0.113.3", "not-a-token")).status).toBe(401);
  // Another user's request from the same address is counted for that one.
  expect((await from("203.0.113.3", other.token)).status).toBe(404);
  await t.close();
});

test("the request's line tells which limit was asked last, and how it stands", async () => {
  const { t, client } = await createLimited();
  await client("/errors");
  const line = t.logLines.map((text) => JSON.parse(text)).find(({ message }) => message === "request");
  expect(line).toMatchObject({
    "rate_limit.policy": "address",
    "rate_limit.limit": limit,
    "rate_limit.remaining": limit - 1,
  });
  await t.close();
});

test("registrations, log-ins and refreshes have stricter limits by address, each its own, before they are read", async () => {
  const t = await createTestApp({ env: { AUTH_RATE_LIMIT_REQUESTS: "2" } });
  t.clock.current = start;
  for (const path of ["register", "login", "refresh"]) {
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) {
      statuses.push((await t.request(`/api/v1/auth/${path}`, { body: "{" })).status);
    }
    expect([path, statuses]).toEqual([path, [415, 415, 429]]);
  }
  const elsewhere = { "X-Test-Address": "198.51.100.8" };
  expect((await t.request("/api/v1/auth/login", { body: "{", headers: elsewhere })).status).toBe(415);
  expect((await t.request("/api/v1/auth/logout", { json: { refresh_token: "x" } })).status).toBe(204);
  await t.close();
});
