import { afterAll, expect, test } from "bun:test";
import { listOperations, readDocument } from "../api/shared-suite/operations.ts";
import { createTestApp } from "../support/app.ts";
import type { Draft } from "./draft.ts";
import { createJudge } from "./judge.ts";
import { secretMark } from "./twists/twist.ts";
import type { WireAnswer } from "./wire.ts";

// The fuzzer's own eyes: each kind of fault is planted in an answer of the real app, and must be seen.
const t = await createTestApp();
afterAll(() => t.close());
const operations = listOperations(t.app);
const judge = createJudge(readDocument(t.app), operations);

function draftOf(path: string, fields: Partial<Draft> = {}): Draft {
  const operation = operations.find(({ id }) => id === "getHealth");
  if (operation === undefined) throw new Error("there is no health");
  const plain = { method: "GET", query: [], headers: [], json: undefined, raw: null, frame: null, twists: [] };
  return { operation, path, ...plain, ...fields };
}

async function answerOf(path: string, change: (answer: WireAnswer) => Partial<WireAnswer> = () => ({})) {
  const response = await t.app.request(path);
  const answer = { status: response.status, headers: new Headers(response.headers), body: await response.text() };
  return { ...answer, ...change(answer) };
}

const health = draftOf("/health");
const missing = draftOf("/errors/NO_SUCH");

test("what the app answers is as documented", async () => {
  expect(judge(health, await answerOf("/health"), false)).toEqual([]);
  expect(judge(missing, await answerOf("/errors/NO_SUCH"), true)).toEqual([]);
  expect(judge(draftOf("/nowhere"), await answerOf("/nowhere"), true)).toEqual([]);
});

const withHeader = (name: string, value: string) => (answer: WireAnswer) => {
  answer.headers.set(name, value);
  return {};
};
const withBody = (change: object) => (answer: WireAnswer) => ({
  body: JSON.stringify({ ...JSON.parse(answer.body), ...change }),
});

test.each([
  ["a 500", "a 500", () => ({ status: 500 })],
  ["a status that the route does not have", "202 is not documented", () => ({ status: 202 })],
  ["a field over", "does not match its schema", withBody({ extra: 1 })],
  ["a field of another type", "does not match its schema", withBody({ status: 1 })],
  ["another content type", "text/html is not documented", withHeader("content-type", "text/html")],
  ["no trace", "the header field traceparent", withHeader("traceparent", "")],
  ["no security header field", "x-content-type-options", withHeader("x-content-type-options", "")],
  ["a secret in a header field", "a secret", withHeader("etag", secretMark)],
  ["an injected header field", "injected", withHeader("x-injected", "1")],
] as const)("%s is seen", async (_, fault, change) => {
  expect(judge(health, await answerOf("/health", change), false).join()).toContain(fault);
});

test.each([
  ["an id that the route does not list", "is not the route's", withBody({ error_id: "CONFLICT" })],
  ["an id that the catalogue does not have", "is no error of status 404", withBody({ error_id: "NONE" })],
  ["another request's id", "request_id is not", withBody({ request_id: "other" })],
  ["another trace", "trace_id is not", withBody({ trace_id: "0" })],
  ["an error that is no problem", "no problem+json", withHeader("content-type", "application/json")],
] as const)("an error with %s is seen", async (_, fault, change) => {
  expect(judge(missing, await answerOf("/errors/NO_SUCH", change), false).join()).toContain(fault);
});

test("success of what must be refused is seen, and so is no answer at all", async () => {
  expect(judge(health, await answerOf("/health"), true)).toEqual(["200 to what must be refused"]);
  expect(judge(health, null, false)).toEqual(["the connection was closed without an answer"]);
});

test("success where there is no route is seen", async () => {
  expect(judge(draftOf("/nowhere"), await answerOf("/health"), false)).toEqual(["200 where there is no route"]);
});

test("a page of another type, for another method, or other than before is seen", async () => {
  const page = draftOf("/docs/start.js");
  expect(judge(page, await answerOf("/docs/start.js"), false)).toEqual([]);
  expect(judge(page, await answerOf("/docs/start.js", withHeader("content-type", "text/html")), false)).toEqual([
    "the content type text/html is not the page's",
  ]);
  const longer = await answerOf("/docs/start.js", ({ body }) => ({ body: `${body} ` }));
  expect(judge(page, longer, false)).toEqual(["the page is not what it was before"]);
  const posted = draftOf("/docs/start.js", { method: "POST" });
  expect(judge(posted, await answerOf("/docs/start.js"), false)).toEqual(["200 where there is no route"]);
});
