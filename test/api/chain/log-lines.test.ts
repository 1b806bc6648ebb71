import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
let user: Awaited<ReturnType<TestApp["register"]>>;

beforeAll(async () => {
  t = await createTestApp();
  user = await t.register();
}, 30_000);
afterAll(() => t.close());

// biome-ignore lint/suspicious/noExplicitAny: a test reads what the log says, and says itself what it expects.
function linesOf(requestId: string): any[] {
  return t.logLines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId);
}

test("the line of a request has method, pattern, status, duration, sizes, user and the state of the limit", async () => {
  const path = `${user.book}/accounts`;
  const json = { path: "Assets:Cash", type: "asset" };
  const headers = { "X-Request-ID": "wide-1", "Content-Length": String(JSON.stringify(json).length) };
  const answer = await t.request(`${path}?dry_run=true`, { token: user.token, json, headers });
  expect(answer.status).toBe(201);
  const [line, ...more] = linesOf("wide-1");
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    level: "info",
    message: "request",
    "http.request.method": "POST",
    "http.route": "/api/v1/books/:book_id/accounts",
    "url.path": path,
    "http.response.status_code": 201,
    "http.request.body.size": JSON.stringify(json).length,
    "http.response.body.size": JSON.stringify(answer.body).length,
    "user.id": user.userId,
    "rate_limit.limit": 1_000_000,
    "rate_limit.remaining": expect.any(Number),
    duration_ms: expect.any(Number),
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(JSON.stringify(line)).not.toMatch(/dry_run|Assets:Cash/);
});

test("a body without a declared length is counted as it is read", async () => {
  const text = JSON.stringify({ path: "Assets:Streamed", type: "asset" });
  const body = new Blob([text]).stream();
  const headers = { "X-Request-ID": "counted-1", "Content-Type": "application/json" };
  const { status } = await t.request(`${user.book}/accounts`, { method: "POST", token: user.token, body, headers });
  expect(status).toBe(201);
  expect(linesOf("counted-1")[0]).toMatchObject({ "http.request.body.size": text.length });
});

test("a repeat that an idempotency key answered says so in its line, and the first time does not", async () => {
  const send = (requestId: string) =>
    t.request(`${user.book}/accounts`, {
      token: user.token,
      json: { path: "Assets:Once", type: "asset" },
      headers: { "Idempotency-Key": "once", "X-Request-ID": requestId },
    });
  await send("first-1");
  await send("again-1");
  expect(linesOf("first-1")[0]).not.toHaveProperty(["idempotency.replayed"]);
  expect(linesOf("again-1")[0]["idempotency.replayed"]).toBe(true);
});

test("a line of code that holds nothing but the logger carries the request's ids, method, route and trace", async () => {
  const one = await t.register();
  const refresh = (requestId: string) =>
    t.request("/api/v1/auth/refresh", {
      json: { refresh_token: one.refreshToken },
      headers: { "X-Request-ID": requestId },
    });
  await refresh("refresh-1");
  await refresh("refresh-2");
  const [warning, line] = linesOf("refresh-2");
  expect(warning).toMatchObject({
    level: "warn",
    message: "a refresh token was used twice: its log-in is revoked",
    user_id: one.userId,
    "http.request.method": "POST",
    "http.route": "/api/v1/auth/refresh",
  });
  expect(line).toMatchObject({ message: "request", error_id: "REFRESH_TOKEN_INVALID", level: "warn" });
  expect([warning.trace_id, warning.span_id]).toEqual([line.trace_id, line.span_id]);
});

test("a streamed answer has its line when it begins: it says that it is streamed, and no size", async () => {
  await t.request(`${user.book}/export?format=json`, { token: user.token, headers: { "X-Request-ID": "stream-1" } });
  const [line] = linesOf("stream-1");
  expect(line).toMatchObject({ streamed: true, "http.response.status_code": 200 });
  expect(line).not.toHaveProperty(["http.response.body.size"]);
});

test("requests at the same time never have a line with another's ids or user", async () => {
  const users = await Promise.all([t.register(), t.register(), t.register()]);
  await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      const { token, book } = users[index % 3] ?? user;
      return t.request(`${book}/accounts`, { token, headers: { "X-Request-ID": `many-${index}` } });
    }),
  );
  for (let index = 0; index < 60; index += 1) {
    const { userId, book } = users[index % 3] ?? user;
    expect(linesOf(`many-${index}`)).toEqual([
      expect.objectContaining({ "user.id": userId, "url.path": `${book}/accounts` }),
    ]);
  }
});

test("FT.LOG.2 no token, password, authorization header, cookie or API key that was sent or answered reaches a line", async () => {
  const one = await t.register();
  const wrongPassword = "wrong horse battery staple";
  const cookie = "sid=5a1e7c0ffee5a1e7c0ffee";
  const headers = { Cookie: cookie, "X-Api-Key": "sk-live-0123456789abcdefghij" };
  const login = await t.request("/api/v1/auth/login", { json: { email: one.email, password: one.password }, headers });
  await t.request("/api/v1/auth/login", { json: { email: one.email, password: wrongPassword } });
  await t.request("/api/v1/auth/login", {
    body: `{"password":"${wrongPassword}"`,
    headers: { "Content-Type": "application/json" },
  });
  const made = await t.request(`${one.book}/api-keys`, { token: one.token, json: { name: "one", scopes: ["read"] } });
  expect(made.status).toBe(201);
  const key: string = made.body.key ?? made.body.api_key;
  await t.request(`${one.book}/accounts`, { token: key });
  await t.request(`/api/v1/auth/me?access_token=${one.token}&token=${key}`, { token: `${one.token}x` });
  await t.request(`/api/v1/reset/${one.refreshToken}`, { headers });
  await t.request(`/api/v1/keys/${key}/card/4111111111111111`, { headers });
  for (const logged of [{ one }, { headers }, { login }]) {
    t.deps.logger.error("a careless line", { ...logged, text: `Authorization: Bearer ${one.token}` });
  }
  const log = t.logLines.join("\n");
  expect(log).toContain("a careless line");
  const secrets = [one.password, one.token, one.refreshToken, wrongPassword, cookie, key, headers["X-Api-Key"]];
  for (const secret of [...secrets, login.body.access_token, login.body.refresh_token, "4111111111111111"]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(log).not.toContain(secret);
  }
});
