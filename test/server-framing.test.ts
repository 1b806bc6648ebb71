import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { type ApiProcess, startApi } from "./support/api-process.ts";
import { createTestDatabase, type TestDatabase } from "./support/database.ts";

let database: TestDatabase;
let api: ApiProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({
    cwd: tmpdir(),
    env: {
      DATABASE_URL: database.apiUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      REQUEST_TIMEOUT_MS: "1000",
    },
  });
});
afterAll(async () => {
  await api.end("SIGTERM");
  await database.drop();
});

/** All that is answered to these very bytes until the server closes the connection. */
function talk(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    // A connection that is reset was closed as well: what had come until then counts.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

const close = "Host: x\r\nConnection: close\r\n";
const fields = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: 1\r\n`).join("");
const get = (more: string) => `GET /health/live HTTP/1.1\r\n${close}${more}\r\n`;
const post = (more: string, body: string) =>
  `POST /api/v1/auth/login HTTP/1.1\r\n${close}Content-Type: application/json\r\n${more}\r\n${body}`;

/** The status that Bun gives without the app; null: it closes the connection without a word. */
const answeredByBun: Readonly<Record<string, readonly [bytes: string, status: number | null]>> = {
  "header fields over 64 KiB": [get(`X-Long: ${"x".repeat(66_000)}\r\n`), 431],
  "a target over 64 KiB": [`GET /${"x".repeat(66_000)} HTTP/1.1\r\n${close}\r\n`, 431],
  "200 header fields": [get(fields(198)), 431],
  "another version": [`GET /health/live HTTP/1.2\r\n${close}\r\n`, 505],
  "a version to come": [`GET /health/live HTTP/9.9\r\n${close}\r\n`, 505],
  "no version": [`GET /health/live\r\n${close}\r\n`, 505],
  "bare line feeds": [`GET /health/live HTTP/1.1\nHost: x\n\n`, 505],
  "the preface of HTTP/2": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  "a TLS handshake": ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400],
  "a method that is none": [`FROB /health/live HTTP/1.1\r\n${close}\r\n`, null],
  "a method in lower case": [`get /health/live HTTP/1.1\r\n${close}\r\n`, null],
  "no host": ["GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
  "an asterisk for a target": [`OPTIONS * HTTP/1.1\r\n${close}\r\n`, 400],
  "a header field without a name": [get(": x\r\n"), 400],
  "a space in a header field's name": [get("X Bad: x\r\n"), 400],
  "a space behind a header field's name": [get("X-Bad : x\r\n"), 400],
  "a folded header field": [get("X-Fold: a\r\n b\r\n"), 400],
  "U+0000 in a header field": [get("X-Control: a\x00b\r\n"), 400],
  "a carriage return in a header field": [get("X-Control: a\rb\r\n"), 400],
  "two lengths": [post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), 400],
  "a length below zero": [post("Content-Length: -1\r\n", "{}"), 400],
  "a length that is no number": [post("Content-Length: 0x10\r\n", "{}"), 400],
  "a length and chunks": [post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400],
  "another transfer encoding": [post("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400],
  "a chunk without a size": [post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"), 400],
};

test.each(Object.entries(answeredByBun))(
  "Bun alone refuses %s, and the next client is served",
  async (_, [bytes, status]) => {
    const answer = await talk(bytes);
    if (status === null) expect(answer).toBe("");
    else expect(answer).toStartWith(`HTTP/1.1 ${status} `);
    // Neither ids nor a body, and of what was hidden behind the broken part nothing is answered.
    expect(answer.toLowerCase()).not.toContain("x-request-id");
    expect(answer.split("\r\n\r\n").slice(1).join("")).toBe("");
    expect(await talk(get(""))).toStartWith("HTTP/1.1 200 ");
  },
);

test("a request that is smuggled behind a contradiction in lengths is not seen", async () => {
  const hidden = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const bytes = `POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`;
  expect(await talk(bytes)).toMatch(/^HTTP\/1\.1 400 [^\r]*\r\n(?:[^\r]+\r\n)*\r\n$/);
});

test("what stays below Bun's limits and above the app's is refused by the app, with ids", async () => {
  for (const [bytes, status, errorId] of [
    [get(`X-Long: ${"x".repeat(17_000)}\r\n`), 431, "HEADERS_TOO_LARGE"],
    [get(`X-Long: ${"x".repeat(64_000)}\r\n`), 431, "HEADERS_TOO_LARGE"],
    [get(fields(149)), 431, "HEADERS_TOO_LARGE"],
    [get(fields(190)), 431, "HEADERS_TOO_LARGE"],
    [`GET /${"x".repeat(64_000)} HTTP/1.1\r\n${close}\r\n`, 414, "URI_TOO_LONG"],
    [`TRACE /health/live HTTP/1.1\r\n${close}\r\n`, 405, "METHOD_NOT_ALLOWED"],
  ] as const) {
    const answer = await talk(bytes);
    expect(answer).toStartWith(`HTTP/1.1 ${status} `);
    expect(answer).toContain(`"error_id":"${errorId}"`);
    expect(answer).toMatch(/"request_id":"[^"]+","trace_id":"[0-9a-f]{32}"/);
  }
});

test("a body that does not come is answered by the app in the request's time, before Bun would cut it off", async () => {
  const stalled = await talk(post("Content-Length: 100\r\n", "{"));
  expect(stalled).toStartWith("HTTP/1.1 408 ");
  expect(stalled).toContain('"error_id":"REQUEST_BODY_TIMEOUT"');
});
