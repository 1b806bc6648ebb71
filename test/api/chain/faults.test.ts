import { afterAll, expect, test } from "bun:test";
import { createApp } from "../../../src/app.ts";
import { createDatabaseCheck } from "../../../src/boot/database-check.ts";
import { createDb } from "../../../src/foundation/db/index.ts";
import { createTestApp, type RequestOptions } from "../../support/app.ts";

const t = await createTestApp();
afterAll(() => t.close());

const problemKeys = ["detail", "error_id", "instance", "request_id", "status", "title", "trace_id", "type"];

test("an unexpected fault is a 500 with ids to quote, and nothing of its text but in the log", async () => {
  const secret = "s3cr3t-4f1c";
  const clock = {
    now(): Date {
      throw new Error(secret);
    },
  };
  const broken = createApp({ ...t.deps, clock });
  const response = await broken.request("/api/v1/auth/me", { headers: { Authorization: "Bearer x" } });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(text).not.toContain(secret);
  const body = JSON.parse(text);
  expect(Object.keys(body).toSorted()).toEqual(problemKeys);
  expect(body).toMatchObject({ error_id: "INTERNAL", request_id: response.headers.get("x-request-id") });
  expect(response.headers.get("traceparent")).toContain(`-${body.trace_id}-`);
  const lines = t.logLines.filter((line) => line.includes(body.request_id));
  expect(lines.length).toBe(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", error_id: "INTERNAL", trace_id: body.trace_id });
  expect(lines[0]).toContain(secret);
});

test("a database that cannot be reached is a 503 that says to come back, and /health says so too", async () => {
  const db = createDb({
    ...t.deps.config.database.pool,
    url: "postgres://nobody@127.0.0.1:1/none",
    applicationName: "footing-test",
    mapError: () => null,
    onBackgroundError: () => undefined,
  });
  const cutOff = createApp({ ...t.deps, db, checks: [createDatabaseCheck(db)] });
  const user = await t.register();
  const response = await cutOff.request("/api/v1/books", { headers: { Authorization: `Bearer ${user.token}` } });
  const body = JSON.parse(await response.text());
  expect([response.status, body.error_id]).toEqual([503, "DATABASE_UNAVAILABLE"]);
  expect(response.headers.get("retry-after")).toMatch(/^[1-9][0-9]*$/);
  expect(Object.keys(body).toSorted()).toEqual(problemKeys);
  const health = await cutOff.request("/health");
  expect(health.status).toBe(503);
  expect(JSON.parse(await health.text())).toMatchObject({
    status: "failed",
    checks: { database: { status: "failed" } },
  });
  await db.close(100);
});

test("no credential comes before no route: only who is known learns which paths a book has", async () => {
  const user = await t.register();
  const ask = async (path: string, options: RequestOptions) => {
    const { status, body } = await t.request(path, options);
    return [status, body.error_id];
  };
  const odd = `${user.book}/no-such-collection`;
  expect(await ask(odd, {})).toEqual([401, "UNAUTHENTICATED"]);
  expect(await ask(odd, { token: user.token })).toEqual([404, "ROUTE_NOT_FOUND"]);
  expect(await ask(user.book, { method: "PUT" })).toEqual([401, "UNAUTHENTICATED"]);
  expect(await ask(user.book, { method: "PUT", token: user.token })).toEqual([405, "METHOD_NOT_ALLOWED"]);
  expect(await ask("/no-such-page", {})).toEqual([404, "ROUTE_NOT_FOUND"]);
});

test("the type of an error leads to PUBLIC_URL where that is configured, whatever host was asked", async () => {
  const config = { ...t.deps.config, http: { ...t.deps.config.http, publicUrl: "https://books.example.com" } };
  const named = createApp({ ...t.deps, config });
  const response = await named.request("http://evil.example/nowhere");
  expect(JSON.parse(await response.text())).toMatchObject({ type: "https://books.example.com/errors/ROUTE_NOT_FOUND" });
});

test("every request leaves one line with its ids, also the ones that a middleware refused", async () => {
  const sent: [string, RequestOptions, number][] = [
    ["/health", {}, 200],
    ["/nowhere", {}, 404],
    ["/api/v1/books", {}, 401],
    [`/errors?x=${"y".repeat(9_000)}`, {}, 414],
    ["/errors", { method: "DELETE" }, 405],
  ];
  for (const [index, [path, options, status]] of sent.entries()) {
    const requestId = `line-${index}`;
    const answer = await t.request(path, { ...options, headers: { "X-Request-ID": requestId } });
    expect(answer.status).toBe(status);
    const lines = t.logLines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId);
    expect(lines).toEqual([expect.objectContaining({ message: "request", "http.response.status_code": status })]);
    expect(answer.headers.get("traceparent")).toContain(`-${lines[0].trace_id}-`);
    expect(lines[0].error_id).toBe(status >= 400 ? answer.body.error_id : undefined);
  }
});
