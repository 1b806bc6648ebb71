import { expect } from "bun:test";
import { catalogue, type ErrorId } from "../../../src/errors.ts";
import type { FieldFault } from "../../../src/foundation/errors/index.ts";
import type { Answer, TestApp } from "../../support/app.ts";
import type { SampleRequest } from "./sampler.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
let requests = 0;

/** Sends a request and holds its answer against what every answer of this API carries. */
export async function send(t: TestApp, { path, options }: SampleRequest, token?: string): Promise<Answer> {
  requests += 1;
  const requestId = `suite-${requests}`;
  const headers = {
    "X-Request-ID": requestId,
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    ...options.headers,
  };
  const credential = token ?? options.token;
  const answer =
    options.method === "HEAD"
      ? await sendHead(t, path, {
          ...headers,
          ...(credential === undefined ? {} : { Authorization: `Bearer ${credential}` }),
        })
      : await t.request(path, { ...options, token: credential, headers });
  expectChain(answer, path, requestId);
  if (answer.status >= 400) expectProblem(answer, { path, method: options.method, requestId });
  return answer;
}

async function sendHead(t: TestApp, path: string, sent: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await t.app.request(path, { method: "HEAD", headers: sent });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The ids, the limit and the security header fields: on every answer, whoever made it. */
function expectChain({ headers, status }: Answer, path: string, requestId: string): void {
  expect(headers.get("x-request-id")).toBe(requestId);
  expect(headers.get("traceparent")).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  expect(headers.get("traceparent")).not.toContain("b7ad6b7169203331");
  const transport = status === 413 || status === 414 || status === 431;
  if (!path.startsWith("/health") && !path.startsWith("/docs") && path !== "/openapi.json" && !transport) {
    expect(headers.get("ratelimit")).toMatch(/^"address";r=\d+;t=\d+(?:, "[a-z-]+";r=\d+;t=\d+)*$/);
    expect(headers.get("ratelimit-policy")).toMatch(/^"address";q=\d+;w=\d+(?:, "[a-z-]+";q=\d+;w=\d+)*$/);
  }
  expect(Object.fromEntries(securityHeaders.map((name) => [name, headers.get(name)]))).toEqual({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  });
  expect(headers.get("cache-control")).not.toBeNull();
}

const securityHeaders = [
  "x-content-type-options",
  "x-frame-options",
  "referrer-policy",
  "cross-origin-resource-policy",
  "cross-origin-opener-policy",
];

/** The shape of an error, exactly: nothing is missing and nothing is over. */
function expectProblem(
  answer: Answer,
  request: { readonly path: string; readonly method: string; readonly requestId: string },
): void {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  if (request.method === "HEAD") return;
  const { body } = answer;
  const definition = catalogue[body.error_id as ErrorId];
  expect(body).toEqual({
    type: `http://localhost/errors/${body.error_id}`,
    title: definition.title,
    status: answer.status,
    detail: expect.any(String),
    instance: new URL(request.path, "http://localhost").pathname.slice(0, 1024),
    error_id: expect.any(String),
    request_id: request.requestId,
    trace_id: traceId,
    ...("errors" in body ? { errors: expect.any(Array) } : {}),
  });
  expect(answer.status).toBe(definition.status);
  expect(body.detail).not.toBe("");
  for (const fault of body.errors ?? []) {
    const { error_id: _, ...required }: FieldFault = fault;
    expect(Object.keys(required).toSorted()).toEqual(["detail", "pointer"]);
    expect(required.pointer).toMatch(/^(?:$|\/)/);
  }
  if (answer.status === 401) expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  if (answer.status === 429 || (answer.status === 503 && definition.retryable)) {
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  }
}

/** What an error answer said: its status and id. */
export function outcomeOf({ status, body }: Answer): [number, string | undefined] {
  return [status, body.error_id];
}

/** An error's body without what differs from one occurrence of the same error to the next. */
export function withoutIds({ status, body }: Answer, ids: readonly string[]): unknown {
  const { instance: _i, request_id: _r, trace_id: _t, ...rest } = body;
  const text = ids.reduce((json, id) => json.replaceAll(id, "ID"), JSON.stringify(rest));
  return { status, body: text };
}
