import { afterAll, describe, expect, test } from "bun:test";
import { createTestApp } from "../../support/app.ts";
import { outcomeOf, send } from "./expect-answer.ts";
import { listOperations, matchesPath } from "./operations.ts";
import { createSampler, withField, withQuery } from "./sampler.ts";

// The routes are those of the app itself: a new one is held to all of this without a word written here. A route for
// which no fitting request can be made fails.
const bodyBytesMax = 65_536;
const t = await createTestApp({ env: { BODY_BYTES_MAX: String(bodyBytesMax) } });
afterAll(() => t.close());

const operations = listOperations(t.app);
const { requestOf, strictObjectsOf } = createSampler(t);
const user = await t.register();
/** Whose own sessions and password the suite ends and changes by the way. */
const passing = await t.register();
const known = { book_id: user.bookId };
const json = { "Content-Type": "application/json" };

/** Routes that are no operations of the API: pages and files. */
const pages = ["/docs", "/docs/scalar.js", "/docs/start.js", "/openapi.json"];

test("every route of the app is an operation of the document, or a page that is listed here", () => {
  const served = t.app.routes.filter((route) => route.method !== "ALL");
  const names = new Set(served.map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`));
  const covered = [...operations.map(({ method, path }) => `${method} ${path}`), ...pages.map((path) => `GET ${path}`)];
  expect([...names].toSorted()).toEqual(covered.toSorted());
  expect(operations.length).toBeGreaterThan(30);
});

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_, operation) => {
    const sample = requestOf(operation, known);
    const { path, options } = sample;
    const asks = operation.ofBook || operation.method === "GET" ? user : passing;
    const token = operation.authenticated ? asks.token : undefined;

    test("refuses a query parameter that it does not know, and names it", async () => {
      const answer = await send(t, { path: withQuery(path, "no_such_parameter=1"), options }, token);
      expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
      expect(answer.body.errors).toEqual([
        { pointer: "/query/no_such_parameter", detail: expect.stringContaining("unknown") },
      ]);
    });

    test("refuses a query parameter that comes twice, and names it", async () => {
      const declared = operation.parameters.filter((parameter) => parameter.in === "query");
      for (const name of [...declared.map((parameter) => parameter.name), "no_such_parameter"]) {
        const answer = await send(t, { path: withQuery(path, `${name}=1&${name}=1`), options }, token);
        expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
        expect(answer.body.errors).toContainEqual({
          pointer: `/query/${name}`,
          detail: expect.stringContaining("more than once"),
        });
      }
    });

    for (const parameter of operation.parameters.filter((candidate) => candidate.in === "path")) {
      test(`refuses a ${parameter.name} that is none, and names it`, async () => {
        const wrong = parameter.schema.format === "uuid" ? "not-a-uuid" : "!";
        const answer = await send(t, requestOf(operation, { ...known, [parameter.name]: wrong }), token);
        expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
        expect(answer.body.errors).toContainEqual({
          pointer: `/params/${parameter.name}`,
          detail: expect.any(String),
        });
      });
    }

    test("answers 413 to a body that says that it is too long, whether or not it takes one", async () => {
      const headers = { ...json, "Content-Length": String(bodyBytesMax + 1) };
      const answer = await send(t, { path, options: { method: options.method, headers } }, token);
      expect(outcomeOf(answer)).toEqual([413, "BODY_TOO_LARGE"]);
      expect(operation.errorIds).toContain("BODY_TOO_LARGE");
    });

    test("answers 414 and 431 to a target and header fields that are too long", async () => {
      const long = await send(t, { path: withQuery(path, `x=${"y".repeat(9_000)}`), options }, token);
      expect(outcomeOf(long)).toEqual([414, "URI_TOO_LONG"]);
      const headers = { Cookie: "x".repeat(17_000) };
      const heavy = await send(t, { path, options: { ...options, headers } }, token);
      expect(outcomeOf(heavy)).toEqual([431, "HEADERS_TOO_LARGE"]);
    });

    test("replaces an X-Request-ID that is not short and printable", async () => {
      for (const offered of ["x".repeat(129), "a b", "<b>"]) {
        const answer = await t.request(path, { ...options, token, headers: { "X-Request-ID": offered } });
        expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      }
    });

    test("answers 405 with Allow to a method that its path has no route for", async () => {
      const { pathname } = new URL(path, "http://localhost");
      const methods = operations.filter((other) => matchesPath(other.path, pathname)).map((other) => other.method);
      const allowed = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].toSorted();
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((name) => !allowed.includes(name))) {
        const answer = await send(t, { path: pathname, options: { method } }, token);
        expect(outcomeOf(answer)).toEqual([405, "METHOD_NOT_ALLOWED"]);
        expect(answer.headers.get("allow")).toBe([...new Set(allowed)].join(", "));
      }
    });

    if (operation.method === "GET") {
      test("answers HEAD as GET, without the body", async () => {
        const [get, head] = [
          await send(t, sample, token),
          await send(t, { path, options: { ...options, method: "HEAD" } }, token),
        ];
        expect(head.status).toBe(get.status);
        expect(head.body).toBe("");
        expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      });
    }

    if (operation.body === null) {
      if (operation.method === "GET") return;
      test("refuses a body, which it has no use for", async () => {
        for (const body of ["{}", "{{{"]) {
          const answer = await send(
            t,
            { path, options: { ...options, body, headers: { ...options.headers, ...json } } },
            token,
          );
          expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
        }
      });
      return;
    }

    test("refuses a field that it does not know, at every depth of its body, and names it", async () => {
      const pointers = strictObjectsOf(operation, options.json);
      expect(pointers).toContain("");
      for (const pointer of pointers) {
        const body = withField(options.json, pointer, "no_such_field");
        const answer = await send(t, { path, options: { ...options, json: body } }, token);
        expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
        expect(answer.body.errors).toContainEqual({
          pointer: `${pointer}/no_such_field`,
          detail: expect.stringContaining("unknown"),
        });
      }
    });

    test("answers 413 to a body that does not say how long it is, and is too long", async () => {
      const body = new Blob(["[", " ".repeat(bodyBytesMax), "]"]).stream();
      const answer = await send(t, { path, options: { method: options.method, body, headers: json } }, token);
      expect(outcomeOf(answer)).toEqual([413, "BODY_TOO_LARGE"]);
    });

    test("answers 415 to a body that is not said to be JSON as it stands", async () => {
      const body = JSON.stringify(options.json);
      for (const headers of [
        { "Content-Type": "text/plain" },
        { "Content-Type": "application/json; charset=utf-16" },
        { "Content-Type": "multipart/form-data; boundary=x" },
        { ...json, "Content-Encoding": "gzip" },
      ]) {
        const answer = await send(t, { path, options: { method: options.method, body, headers } }, token);
        expect(outcomeOf(answer)).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      }
    });

    test("answers 400 to what is no JSON, and to JSON that says one thing twice", async () => {
      const bodies = [
        "",
        "{",
        '{"a":1,"a":1}',
        '{"a":{"b":1,"b":2}}',
        '{"a":1}{}',
        '{"a":"\\u0000"}',
        '{"a":"\\ud800"}',
      ];
      for (const body of [...bodies, new Uint8Array([0x22, 0xff, 0x22])]) {
        const answer = await send(t, { path, options: { method: options.method, body, headers: json } }, token);
        expect(outcomeOf(answer)).toEqual([400, "BODY_MALFORMED"]);
      }
    });

    test("answers 400 to JSON that is no object", async () => {
      for (const body of ["null", "[]", '"text"', "1"]) {
        const answer = await send(t, { path, options: { method: options.method, body, headers: json } }, token);
        expect(outcomeOf(answer)).toEqual([400, "VALIDATION_FAILED"]);
      }
    });
  },
);
