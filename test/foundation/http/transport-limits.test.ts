import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { Hono } from "hono";
import { createErrorMapper, type Problem } from "../../../src/foundation/errors/index.ts";
import { jsonBody } from "../../../src/foundation/http/json-body.ts";
import { type RequestVariables, requestContext } from "../../../src/foundation/http/request-context.ts";
import { thrownGuard } from "../../../src/foundation/http/thrown-guard.ts";
import { transportLimits } from "../../../src/foundation/http/transport-limits.ts";

const bodyBytesMax = 1_000;
const app = new Hono<{ Variables: RequestVariables }>();
app.onError(createErrorMapper());
app.use(requestContext(), thrownGuard(transportLimits({ bodyBytesMax })));
app.get("/", (c) => c.text("ok"));
app.post("/read", jsonBody(), async (c) => c.json(await c.req.json<unknown>()));
app.post("/ignore", (c) => c.text("not read"));

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
afterAll(() => server.stop(true));

const json = { "Content-Type": "application/json" };

async function idOf(response: Response): Promise<readonly [number, string]> {
  expect(response.headers.get("x-request-id")).not.toBeNull();
  return [response.status, ((await response.json()) as Problem).error_id];
}

function chunks(total: number, size: number): ReadableStream<Uint8Array> {
  const text = new TextEncoder().encode(`"${"x".repeat(total - 2)}"`);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= text.length) return controller.close();
      controller.enqueue(text.slice(at, at + size));
      at += size;
    },
  });
}

test("a declared length passes at the limit and is refused one byte over, without reading", async () => {
  const body = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
  const send = (bytes: number) =>
    fetch(new URL("/read", server.url), { method: "POST", headers: json, body: body(bytes) });
  expect((await send(bodyBytesMax)).status).toBe(200);
  expect(await idOf(await send(bodyBytesMax + 1))).toEqual([413, "BODY_TOO_LARGE"]);
  const declared = new Request("http://localhost/ignore", {
    method: "POST",
    body: "x",
    headers: { "Content-Length": "1001" },
  });
  expect(await idOf(await app.fetch(declared))).toEqual([413, "BODY_TOO_LARGE"]);
});

test("a chunked body passes at the limit and is refused one byte over, however it is cut", async () => {
  for (const size of [1, 7, 1_000, 5_000]) {
    const send = (bytes: number) => app.request("/read", { method: "POST", headers: json, body: chunks(bytes, size) });
    expect((await send(bodyBytesMax)).status).toBe(200);
    expect(await idOf(await send(bodyBytesMax + 1))).toEqual([413, "BODY_TOO_LARGE"]);
  }
});

/** Sends text over a plain socket until the server has answered; resolves to the first answer's status line. */
function statusOverSocket(head: string, chunk: string, chunksMax: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(server.port), "127.0.0.1");
    socket.on("error", reject);
    socket.once("data", (data) => {
      resolve(data.toString().split("\r\n")[0] ?? "");
      socket.destroy();
    });
    socket.once("connect", () => {
      socket.write(head);
      for (let sent = 0; sent < chunksMax; sent++) socket.write(chunk);
    });
  });
}

test("a chunked body that never ends is answered 413 while it is still being sent", async () => {
  const head = "POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const chunk = `64\r\n${"x".repeat(100)}\r\n`;
  expect(await statusOverSocket(head, chunk, 50)).toBe("HTTP/1.1 413 Payload Too Large");
});

test("a server that refused one oversized body goes on serving", async () => {
  const send = () => fetch(new URL("/read", server.url), { method: "POST", headers: json, body: chunks(50_000, 500) });
  for (let turn = 0; turn < 3; turn++) expect(await idOf(await send())).toEqual([413, "BODY_TOO_LARGE"]);
  expect(await (await fetch(server.url)).text()).toBe("ok");
});

test("path and query pass at 8,192 bytes together and are refused one over", async () => {
  const get = (bytes: number) => app.request(`/?${"q".repeat(bytes - 2)}`);
  expect((await get(8_192)).status).toBe(200);
  expect(await idOf(await get(8_193))).toEqual([414, "URI_TOO_LONG"]);
  expect(await idOf(await app.request(`/?${"é".repeat(1_400)}`))).toEqual([414, "URI_TOO_LONG"]);
});

test("header fields pass at 16 KiB together and are refused one byte over", async () => {
  const get = (bytes: number) =>
    app.request("/", { headers: { a: "x".repeat(8_000), b: "x".repeat(bytes - 8_000 - 10) } });
  expect((await get(16 * 1_024)).status).toBe(200);
  expect(await idOf(await get(16 * 1_024 + 1))).toEqual([431, "HEADERS_TOO_LARGE"]);
});
