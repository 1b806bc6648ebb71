import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper, type Problem } from "../../../src/foundation/errors/index.ts";
import { jsonBody } from "../../../src/foundation/http/json-body.ts";

const app = new Hono();
app.onError(createErrorMapper());
app.post("/echo", jsonBody(), async (c) => {
  const [text, value, bytes] = [await c.req.text(), await c.req.json<unknown>(), await c.req.arrayBuffer()];
  return c.json({ text, value, bytes: bytes.byteLength });
});

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

function send(body: Body, contentType = "application/json", headers: Record<string, string> = {}) {
  return app.request("/echo", { method: "POST", body, headers: { "Content-Type": contentType, ...headers } });
}

async function refusal(response: Response): Promise<readonly [number, string, string]> {
  const problem = (await response.json()) as Problem;
  return [response.status, problem.error_id, problem.detail];
}

test("a body that passed can be read again as text, JSON and bytes", async () => {
  const response = await send('{"name":"Zürich"}');
  expect(await response.json()).toEqual({ text: '{"name":"Zürich"}', value: { name: "Zürich" }, bytes: 18 });
});

test("application/json passes with charset utf-8 or none, in any case, and nothing else does", async () => {
  for (const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']) {
    expect([type, (await send("{}", type)).status]).toEqual([type, 200]);
  }
  for (const type of [
    "text/json",
    "application/problem+json",
    "application/json; charset=utf-16",
    "application/json, text/plain",
  ]) {
    const [status, id] = await refusal(await send("{}", type));
    expect([type, status, id]).toEqual([type, 415, "UNSUPPORTED_MEDIA_TYPE"]);
  }
});

test("a compressed body is refused as a media type, not read as garbage", async () => {
  expect((await send("{}", undefined, { "Content-Encoding": "gzip" })).status).toBe(415);
  expect((await send("{}", undefined, { "Content-Encoding": "identity" })).status).toBe(200);
});

test("a missing body, invalid UTF-8 and broken JSON are BODY_MALFORMED and say where", async () => {
  const expected: [Body, string][] = [
    [null, "The body is empty."],
    ["", "The body is empty."],
    [new Uint8Array([0x22, 0xff, 0x22]), "The body is not valid UTF-8."],
    [new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "The body is not valid UTF-8."],
    ['{"lines":[1,]}', "At character 12 (/lines/1): expected a value."],
    ['{"a":1,"a":2}', "At character 7 (/a): the object has this key twice."],
    ["{} {}", "At character 3: unexpected text after the end of the value."],
  ];
  for (const [body, detail] of expected)
    expect(await refusal(await send(body))).toEqual([400, "BODY_MALFORMED", detail]);
});

test("a body that breaks off is the caller's fault, not an internal error", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("socket closed"));
    },
  });
  const [status, id] = await refusal(await send(broken));
  expect([status, id]).toEqual([400, "BODY_MALFORMED"]);
});
