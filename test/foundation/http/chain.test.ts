import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper, FoundationError, type Problem } from "../../../src/foundation/errors/index.ts";
import { createNotFoundHandler } from "../../../src/foundation/http/method-not-allowed.ts";
import { type RequestVariables, requestContext } from "../../../src/foundation/http/request-context.ts";
import { requestLogger } from "../../../src/foundation/http/request-logger.ts";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";
import { bindLogContext } from "../../../src/foundation/logging/index.ts";
import { captureLogger } from "./capture.ts";

type TestEnv = { Variables: RequestVariables };

const secret = "hunter2-s3cret";

/** As drizzle and postgres.js throw them: the values of the statement stand in both messages. */
function databaseError(): Error {
  const driver = Object.assign(new Error(`duplicate key: Key (email)=(${secret}) already exists`), {
    name: "PostgresError",
    severity: "ERROR",
    code: "23505",
    constraint_name: "users_email_key",
    table_name: "users",
    detail: `Key (email)=(${secret}) already exists.`,
    parameters: [secret],
  });
  const query = "insert into users (email) values ($1)";
  const wrapper = new Error(`Failed query: ${query}\nparams: ${secret}\n    at ${secret}`, { cause: driver });
  return Object.assign(wrapper, { query, params: [secret] });
}

function createApp() {
  const { logger, lines } = captureLogger();
  let elapsed = 1_000;
  const elapsedMs = () => (elapsed += 2.5);
  const app = new Hono<TestEnv>();
  const onError = createErrorMapper();
  app.onError(onError);
  app.notFound(createNotFoundHandler(app, onError));
  const onAnswer = [requestLogger({ logger, elapsedMs })];
  app.use(requestContext({ newRequestId: () => "made-1", elapsedMs, onAnswer }), thrownGuard());
  app.use("/private/*", async () => {
    throw new FoundationError("CONFLICT", { detail: "stands for auth" });
  });
  app.get("/health", (c) => c.text("ok"));
  app.get("/books/:book_id", (c) => {
    bindLogContext({ "user.id": "user-1" });
    return c.json({ id: c.req.param("book_id") });
  });
  app.post("/books", (c) => c.json({}, 201));
  app.put("/books/:book_id", () => new Response("raw", { status: 200, headers: { "X-Request-ID": "handler's own" } }));
  app.get("/conflict", () => {
    throw new FoundationError("CONFLICT");
  });
  app.get("/broken", () => {
    throw databaseError();
  });
  app.get("/odd", () => {
    throw secret;
  });
  app.get("/private/thing", (c) => c.text("secret"));
  return { app, lines };
}

test("every answer carries X-Request-ID and traceparent: success, raw, error, 404, 405, OPTIONS, HEAD", async () => {
  const { app } = createApp();
  for (const [method, path, status] of [
    ["GET", "/books/1", 200],
    ["PUT", "/books/1", 200],
    ["GET", "/conflict", 409],
    ["GET", "/broken", 500],
    ["GET", "/odd", 500],
    ["GET", "/nowhere", 404],
    ["DELETE", "/books/1", 405],
    ["OPTIONS", "/books/1", 204],
    ["HEAD", "/books/1", 200],
    ["HEAD", "/nowhere", 404],
  ] as const) {
    const response = await app.request(path, { method, headers: { "X-Request-ID": "abc.DEF-1:2/3+4=5@6_7" } });
    expect([method, path, response.status]).toEqual([method, path, status]);
    expect(response.headers.get("x-request-id")).toBe("abc.DEF-1:2/3+4=5@6_7");
    expect(response.headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  }
});

test("an X-Request-ID that is long or has other characters is replaced, never refused", async () => {
  const { app } = createApp();
  for (const offered of ["x".repeat(129), "a b", 'a"b', "a;b", "ü", "<script>", ""]) {
    const response = await app.request("/health", { headers: { "X-Request-ID": offered } });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-request-id")).toBe("made-1");
  }
});

test("a trace is continued under the caller's id, with a span of our own", async () => {
  const { app, lines } = createApp();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const response = await app.request("/health", { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00` } });
  const line = lines.at(-1);
  expect(response.headers.get("traceparent")).toBe(`00-${traceId}-${line?.span_id}-00`);
  expect(line?.trace_id).toBe(traceId);
  expect(line?.span_id).not.toBe("b7ad6b7169203331");
});

test("one line a request: pattern, status, duration, ids and user, and neither query nor body", async () => {
  const { app, lines } = createApp();
  await app.request(`/books/7?token=${secret}`, { headers: { "X-Request-ID": "r-1" } });
  await app.request("/books", { method: "POST", body: secret, headers: { "Content-Length": "14" } });
  expect(lines.length).toBe(2);
  expect(lines[0]).toMatchObject({
    level: "info",
    message: "request",
    request_id: "r-1",
    "http.request.method": "GET",
    "http.route": "/books/:book_id",
    "url.path": "/books/7",
    "http.response.status_code": 200,
    duration_ms: 2.5,
    "user.id": "user-1",
  });
  expect(lines[1]).toMatchObject({ "http.request.body.size": 14, "http.response.status_code": 201 });
  expect(JSON.stringify(lines)).not.toContain(secret);
});

test("the level follows the status, /health is quiet, and an unmatched path has no route", async () => {
  const { app, lines } = createApp();
  for (const path of ["/health", "/books/1", "/conflict", "/nowhere", "/broken"]) await app.request(path);
  expect(lines.map((line) => line.level)).toEqual(["debug", "info", "warn", "warn", "error"]);
  expect(lines.map((line) => line.error_id)).toEqual([undefined, undefined, "CONFLICT", "ROUTE_NOT_FOUND", "INTERNAL"]);
  expect(lines.map((line) => line["http.route"])).toEqual([
    "/health",
    "/books/:book_id",
    "/conflict",
    undefined,
    "/broken",
  ]);
});

test("a failed statement is logged once by SQLSTATE, constraint, table and text, never by its values", async () => {
  const { app, lines } = createApp();
  const response = await app.request("/broken");
  const text = JSON.stringify(lines) + (await response.text());
  expect(text).not.toContain(secret);
  expect(lines.length).toBe(1);
  expect(lines[0]).toMatchObject({
    error_id: "INTERNAL",
    error: {
      statement: "insert into users (email) values ($1)",
      cause: { type: "PostgresError", sqlstate: "23505", constraint: "users_email_key", table: "users" },
    },
  });
});

test("a 5xx logs its stack and causes; a 4xx logs none", async () => {
  const { app, lines } = createApp();
  await app.request("/odd");
  await app.request("/conflict");
  expect(JSON.stringify(lines[0])).toContain("a value that is not an Error was thrown");
  expect(JSON.stringify(lines[0])).toContain("chain.test.ts");
  expect(lines[1]?.error).toBeUndefined();
});

test("a path whose routes take other methods is a 405 that lists them; a path without any is a 404", async () => {
  const { app } = createApp();
  const wrong = await app.request("/books/1", { method: "DELETE" });
  expect(wrong.headers.get("allow")).toBe("GET, HEAD, OPTIONS, PUT");
  expect(((await wrong.json()) as Problem).error_id).toBe("METHOD_NOT_ALLOWED");
  expect((await app.request("/books", { method: "GET" })).headers.get("allow")).toBe("OPTIONS, POST");
  const missing = await app.request("/books/1/nothing");
  expect(missing.headers.get("allow")).toBeNull();
  expect(((await missing.json()) as Problem).error_id).toBe("ROUTE_NOT_FOUND");
});

test("OPTIONS lists the methods of a path, and is a 404 where there is none", async () => {
  const { app } = createApp();
  const options = await app.request("/books/1", { method: "OPTIONS" });
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, PUT"]);
  expect((await app.request("/nowhere", { method: "OPTIONS" })).status).toBe(404);
});

test("middleware around a prefix answers before 404 and 405 are looked for", async () => {
  const { app } = createApp();
  expect((await app.request("/private/nothing")).status).toBe(409);
  expect((await app.request("/private/thing", { method: "DELETE" })).status).toBe(409);
});
