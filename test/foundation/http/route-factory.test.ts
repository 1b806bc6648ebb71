import { expect, test } from "bun:test";
import { z } from "@hono/zod-openapi";
import { Hono } from "hono";
import { createErrorMapper, foundationErrors, type Problem } from "../../../src/foundation/errors/index.ts";
import { createRouteFactory, createRouter } from "../../../src/foundation/http/route-factory.ts";
import { listSchema, responseSchema } from "../../../src/foundation/http/schemas.ts";

type TestEnv = { Variables: { user: string } };

const defineRoute = createRouteFactory({ catalogue: foundationErrors, always: ["POOL_TIMEOUT"] });

const line = z.strictObject({ amount: z.string(), side: z.enum(["debit", "credit"]) });
const post = defineRoute({
  method: "post",
  path: "/books/{book_id}/entries",
  operationId: "postEntry",
  summary: "Post an entry",
  params: z.object({ book_id: z.uuid() }),
  query: z.object({ dry_run: z.enum(["true", "false"]).optional() }),
  headers: z.object({ "Idempotency-Key": z.string().max(8).optional() }),
  body: z.object({ memo: z.string().optional(), lines: z.array(line) }),
  responses: { 201: { description: "Posted", schema: responseSchema({ book_id: z.string(), count: z.int() }) } },
  errors: ["CONFLICT"],
});
const list = defineRoute({
  method: "get",
  path: "/entries",
  operationId: "listEntries",
  summary: "List",
  responses: { 200: { description: "A page", schema: listSchema(z.string()) } },
  errors: [],
});
const remove = defineRoute({
  method: "delete",
  path: "/entries/{id}",
  operationId: "deleteEntry",
  summary: "Delete",
  params: z.object({ id: z.string() }),
  responses: { 204: { description: "Gone" } },
  errors: [],
});

const router = createRouter<TestEnv>();
router.openapi(post, (c) => {
  const { book_id } = c.req.valid("param");
  const body = c.req.valid("json");
  return c.json({ book_id, count: body.lines.length }, 201);
});
router.openapi(list, (c) => c.json({ items: [c.get("user") ?? "none"], next_cursor: null }, 200));
router.openapi(remove, (c) => c.body(null, 204));

const app = new Hono<TestEnv>();
app.onError(createErrorMapper());
app.route("/api", router);

const bookId = "0198c0de-0000-7000-8000-000000000001";
const postPath = `/api/books/${bookId}/entries`;
const json = { "Content-Type": "application/json" };

function send(path: string, body: string, headers: Record<string, string> = json) {
  return app.request(path, { method: "POST", body, headers });
}

async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

test("a request that fits reaches its handler with typed values", async () => {
  const response = await send(postPath, JSON.stringify({ lines: [{ amount: "1", side: "debit" }] }));
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ book_id: bookId, count: 1 });
  expect((await app.request("/api/entries/1", { method: "DELETE" })).status).toBe(204);
});

test("every fault of path, query, headers and body is named in one answer, each unknown field by itself", async () => {
  const body = JSON.stringify({ lines: [{ amount: 1, side: "debit", extra: 1, "a/b~c": 2 }], unknown: true });
  const response = await send("/api/books/nope/entries?limit=1&dry_run=maybe", body, {
    ...json,
    "Idempotency-Key": "far too long a key",
  });
  expect(response.status).toBe(400);
  const problem = await problemOf(response);
  expect(problem.error_id).toBe("VALIDATION_FAILED");
  expect(problem.errors?.map((fault) => fault.pointer).toSorted()).toEqual([
    "/headers/Idempotency-Key",
    "/lines/0/amount",
    "/lines/0/a~1b~0c",
    "/lines/0/extra",
    "/params/book_id",
    "/query/dry_run",
    "/query/limit",
    "/unknown",
  ]);
});

test("a missing field is named as required", async () => {
  const problem = await problemOf(await send(postPath, "{}"));
  expect(problem.errors).toEqual([{ pointer: "/lines", detail: "is required" }]);
  expect(problem.detail).toBe("/lines: is required");
});

test("a route without a query refuses any query parameter", async () => {
  const response = await app.request("/api/entries?limit=1");
  expect(response.status).toBe(400);
  expect((await problemOf(response)).errors).toEqual([{ pointer: "/query/limit", detail: "unknown query parameter" }]);
  expect((await app.request("/api/entries")).status).toBe(200);
});

test("a query parameter given twice is refused, beside the other faults", async () => {
  const response = await send(`${postPath}?dry_run=true&dry_run=true`, "{}");
  expect(response.status).toBe(400);
  expect((await problemOf(response)).errors).toEqual([
    { pointer: "/query/dry_run", detail: "is given more than once" },
    { pointer: "/lines", detail: "is required" },
  ]);
});

test("U+0000 in a path or query is refused, as PostgreSQL could not compare it", async () => {
  expect((await app.request("/api/entries/a%00b", { method: "DELETE" })).status).toBe(400);
  expect((await app.request("/api/entries?a=%00")).status).toBe(400);
});

test("a wrong content type is a 415 even where path, query and body are wrong too", async () => {
  for (const type of ["text/plain", "application/xml", "application/jsonp", "application/json; charset=latin1", ""]) {
    const response = await send("/api/books/nope/entries?x=1", "{", type === "" ? {} : { "Content-Type": type });
    expect(response.status).toBe(415);
    expect((await problemOf(response)).error_id).toBe("UNSUPPORTED_MEDIA_TYPE");
  }
});

test("the document lists each route's error ids, and one answer a status that names them", () => {
  const document = router.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } });
  const operation = document.paths?.["/books/{book_id}/entries"]?.post;
  const ids: unknown = operation?.["x-error-ids"];
  expect(ids).toEqual([
    "CONFLICT",
    "POOL_TIMEOUT",
    "BODY_TOO_LARGE",
    "REQUEST_BODY_TIMEOUT",
    "URI_TOO_LONG",
    "HEADERS_TOO_LARGE",
    "VALIDATION_FAILED",
    "INTERNAL",
    "RATE_LIMITED",
    "RATE_LIMIT_UNAVAILABLE",
    "UNSUPPORTED_MEDIA_TYPE",
    "BODY_MALFORMED",
  ]);
  expect(Object.keys(operation?.responses ?? {})).toEqual([
    "201",
    "400",
    "408",
    "409",
    "413",
    "414",
    "415",
    "429",
    "431",
    "500",
    "503",
  ]);
  const badRequest = JSON.stringify(operation?.responses?.["400"]);
  expect(badRequest).toContain("VALIDATION_FAILED");
  expect(badRequest).toContain("BODY_MALFORMED");
  expect(badRequest).toContain("#/components/schemas/Problem");
  expect(JSON.stringify(operation?.requestBody)).toContain('"additionalProperties":false');
  expect(JSON.stringify(operation?.requestBody)).toContain('"required":true');
});

test("a route that would let unknown fields pass, or forgets a path parameter, is refused when it is defined", () => {
  const common = { operationId: "x", summary: "x", responses: {}, errors: [] } as const;
  const lax = z.object({ lines: z.array(z.object({ amount: z.string() })) });
  expect(() => defineRoute({ ...common, method: "post", path: "/x", body: lax })).toThrow(
    "lines[] lets unknown keys pass",
  );
  expect(() => defineRoute({ ...common, method: "get", path: "/x/{id}" })).toThrow("declares no parameter id");
  expect(() => defineRoute({ ...common, method: "get", path: "/x", errors: ["NOPE" as "CONFLICT"] })).toThrow("NOPE");
});

test("a body of several forms is held against the one that it came nearest", async () => {
  const byId = z.strictObject({ account_id: z.string(), amount: z.string() });
  const byPath = z.strictObject({ account_path: z.string(), amount: z.string() });
  const either = defineRoute({
    method: "post",
    path: "/either",
    operationId: "either",
    summary: "x",
    body: z.strictObject({ line: z.union([byId, byPath]) }),
    responses: { 200: { description: "ok", schema: responseSchema({}) } },
    errors: [],
  });
  router.openapi(either, (c) => c.json({}, 200));
  const unioned = new Hono().onError(createErrorMapper()).route("/", router);
  const response = await unioned.request("/either", {
    method: "POST",
    body: JSON.stringify({ line: { account_path: "Assets:Cash", amount: 1 } }),
    headers: json,
  });
  expect((await problemOf(response)).errors?.map((fault) => fault.pointer)).toEqual(["/line/amount"]);
});
