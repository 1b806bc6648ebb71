import { expect, test } from "bun:test";
import fc from "fast-check";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  createErrorMapper,
  defineErrors,
  FoundationError,
  mapError,
  type Problem,
  toProblem,
} from "../../../src/foundation/errors/index.ts";
import { type RequestVariables, requestContext } from "../../../src/foundation/http/request-context.ts";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";

const context = {
  instance: "/books/1",
  requestId: "req-1",
  traceId: "a".repeat(32),
  typeUrl: (id: string) => `/errors/${id}`,
};

const { AppError } = defineErrors({
  TEAPOT: { status: 418, title: "I'm a teapot", retryable: false, meaning: "m", remedy: "r" },
});

function appThatThrows(thrown: unknown) {
  const app = new Hono<{ Variables: RequestVariables }>();
  app.onError(createErrorMapper({ publicUrl: "https://books.example.com/" }));
  app.use(requestContext(), thrownGuard());
  app.get("/boom", () => {
    throw thrown;
  });
  return app;
}

test("an application error is answered as itself, with its ids, fields and headers", () => {
  const fields = [{ pointer: "/amount", detail: "must be a decimal string" }];
  const error = new AppError("TEAPOT", {
    detail: "short and stout",
    fields,
    headers: { Allow: "BREW" },
    meta: { secret: 1 },
  });
  expect(toProblem(error, context)).toEqual({
    status: 418,
    headers: { Allow: "BREW" },
    body: {
      type: "/errors/TEAPOT",
      title: "I'm a teapot",
      status: 418,
      detail: "short and stout",
      instance: "/books/1",
      error_id: "TEAPOT",
      request_id: "req-1",
      trace_id: "a".repeat(32),
      errors: fields,
    },
  });
});

test("errors[] is absent where no field is at fault", () => {
  expect("errors" in toProblem(new AppError("TEAPOT"), context).body).toBe(false);
});

test("no text of an unexpected error reaches the answer, whatever was thrown", () => {
  const secret = "s3cr3t-4f1c";
  const thrown = fc.constantFrom<unknown>(
    new Error(secret),
    secret,
    { message: secret },
    new TypeError(secret, { cause: secret }),
    Symbol(secret),
    null,
    undefined,
  );
  fc.assert(
    fc.property(thrown, (value) => {
      const answer = toProblem(value, context);
      expect(answer.body.error_id).toBe("INTERNAL");
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer)).not.toContain(secret);
    }),
  );
});

test("a foreign error is answered as what mapUnknown makes of it, and an application error never reaches it", () => {
  const mapUnknown = (error: unknown) => (error instanceof RangeError ? new AppError("TEAPOT") : null);
  expect(mapError(new RangeError("x"), mapUnknown).errorId).toBe("TEAPOT");
  expect(mapError(new Error("x"), mapUnknown).errorId).toBe("INTERNAL");
  expect(mapError(new FoundationError("CONFLICT"), () => new AppError("TEAPOT")).errorId).toBe("CONFLICT");
});

test("Hono's own exceptions keep their meaning, and none of their text", () => {
  const expected = { 400: "BODY_MALFORMED", 413: "BODY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE", 418: "INTERNAL" };
  for (const [status, id] of Object.entries(expected)) {
    const { body } = toProblem(new HTTPException(Number(status) as 400, { message: "inner text" }), context);
    expect(body.error_id).toBe(id);
    expect(JSON.stringify(body)).not.toContain("inner text");
  }
});

test("a retryable 503 says when to come back, and keeps a time of its own", () => {
  expect(toProblem(new FoundationError("POOL_TIMEOUT"), context).headers).toEqual({ "Retry-After": "1" });
  const own = new FoundationError("POOL_TIMEOUT", { headers: { "Retry-After": "7" } });
  expect(toProblem(own, context).headers).toEqual({ "Retry-After": "7" });
});

test("an error answer is problem+json with the request's own ids and a path without its query", async () => {
  const response = await appThatThrows(new AppError("TEAPOT")).request("/boom?token=abc", {
    headers: { "X-Request-ID": "mine-1" },
  });
  const body = (await response.json()) as Problem;
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("x-request-id")).toBe("mine-1");
  expect(body.type).toBe("https://books.example.com/errors/TEAPOT");
  expect(body.instance).toBe("/boom");
  expect(body.request_id).toBe("mine-1");
  expect(response.headers.get("traceparent")).toContain(String(body.trace_id));
});

test("a thrown value that is not an Error still becomes a 500 with ids", async () => {
  for (const thrown of ["text", 42, null, undefined, { status: 200 }]) {
    const response = await appThatThrows(thrown).request("/boom", { headers: { "X-Request-ID": "mine-2" } });
    const body = (await response.json()) as Problem;
    expect(response.status).toBe(500);
    expect(body.error_id).toBe("INTERNAL");
    expect(body.request_id).toBe("mine-2");
    expect(response.headers.get("x-request-id")).toBe("mine-2");
  }
});

test("a HEAD request gets the error's status and ids without a body", async () => {
  const response = await appThatThrows(new AppError("TEAPOT")).request("/boom", { method: "HEAD" });
  expect(response.status).toBe(418);
  expect(await response.text()).toBe("");
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});
