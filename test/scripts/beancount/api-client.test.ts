import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { z } from "zod";
import { ApiClient } from "../../../scripts/client/api-client.ts";
import { ApiRefusedError, ApiUnavailableError } from "../../../scripts/client/api-errors.ts";
import { type Interceptor, problem, startFakeApi } from "./support/fake-api.ts";

const PATH = "/books/x/things";

/** A client that does not really wait, and tells how long it would have. */
function clientOf(url: URL): { client: ApiClient; waits: number[] } {
  const waits: number[] = [];
  const client = new ApiClient({
    url,
    apiKey: "ftg_secret",
    onWait: (_, waitMs) => waits.push(waitMs),
    sleep: async () => {},
  });
  return { client, waits };
}

/** Answers `times` requests with `response`, then with a good answer. */
function first(times: number, response: () => Response): Interceptor {
  return (_, count) => (count <= times ? response() : Response.json({ ok: true }));
}

const okSchema = z.object({ ok: z.boolean() });

const WRITE = { path: PATH, key: "k-1", body: { a: "1" } };
const DONE = { answer: { ok: true }, isReplay: false };

test("a 429 is waited out as Retry-After says, in seconds or as a date, and the same request is sent again", async () => {
  await using seconds = startFakeApi(first(3, () => problem(429, "RATE_LIMITED", {}, { "Retry-After": "7" })));
  const { client, waits } = clientOf(seconds.url);
  expect(await client.post(WRITE, okSchema)).toEqual(DONE);
  expect(waits).toEqual([7000, 7000, 7000]);
  expect(seconds.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual(
    Array.from({ length: 4 }, () => `POST /api/v1${PATH} {"a":"1"}`),
  );
  await using date = startFakeApi(
    first(1, () => problem(429, "RATE_LIMITED", {}, { "Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT" })),
  );
  const past = clientOf(date.url);
  await past.client.get(PATH, okSchema);
  expect(past.waits).toEqual([0]);
});

test("an endless 429 is given up after a bounded number of waits, having written nothing", async () => {
  await using api = startFakeApi(() => problem(429, "RATE_LIMITED", {}, { "Retry-After": "1" }));
  const { client, waits } = clientOf(api.url);
  await expect(client.post(WRITE, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(waits).toHaveLength(30);
});

test("a write is sent again under its key after any 5xx, a bounded number of times", async () => {
  const ids = ["POOL_TIMEOUT", "DATABASE_UNAVAILABLE", "STATEMENT_TIMEOUT", "COMMIT_OUTCOME_UNKNOWN"];
  const answers: (() => Response)[] = [
    ...ids.map((id) => () => problem(503, id)),
    () => problem(500, "INTERNAL"),
    () => new Response("<html>Bad gateway</html>", { status: 502 }),
    () => problem(504, "GATEWAY_TIMEOUT"),
  ];
  for (const answer of answers) {
    await using api = startFakeApi(first(2, answer));
    expect(await clientOf(api.url).client.post(WRITE, okSchema)).toEqual(DONE);
    expect(api.requests.map(({ headers, body }) => `${headers.get("Idempotency-Key")} ${body}`)).toEqual(
      Array.from({ length: 3 }, () => 'k-1 {"a":"1"}'),
    );
  }
  await using api = startFakeApi(() => problem(503, "COMMIT_OUTCOME_UNKNOWN"));
  await expect(clientOf(api.url).client.post(WRITE, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(api.requests).toHaveLength(6);
});

test("a write whose connection breaks before the answer is sent again under its key, a bounded number of times", async () => {
  const keys: string[] = [];
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      keys.push(/^idempotency-key: (.*)$/im.exec(data.toString())?.[1] ?? "");
      if (keys.length < 3) socket.destroy();
      else socket.end('HTTP/1.1 201 Created\r\nIdempotency-Replayed: true\r\nContent-Length: 11\r\n\r\n{"ok":true}');
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  const { client, waits } = clientOf(new URL(`http://127.0.0.1:${port}`));
  expect(await client.post(WRITE, okSchema)).toEqual({ answer: { ok: true }, isReplay: true });
  expect(keys).toEqual(["k-1", "k-1", "k-1"]);
  await new Promise((resolve) => server.close(resolve));
  waits.length = 0;
  await expect(client.post(WRITE, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(waits).toHaveLength(5);
});

test("a read is repeated after any 5xx, a bounded number of times", async () => {
  await using api = startFakeApi(first(3, () => problem(500, "INTERNAL")));
  expect(await clientOf(api.url).client.get(PATH, okSchema)).toEqual({ ok: true });
  await using dead = startFakeApi(() => problem(500, "INTERNAL"));
  await expect(clientOf(dead.url).client.get(PATH, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(dead.requests).toHaveLength(6);
});

test("a refusal carries the problem's id, detail and fields, and is not repeated", async () => {
  const errors = [{ pointer: "/entries/0", detail: "no" }];
  await using api = startFakeApi(() => problem(422, "ENTRY_UNBALANCED", { detail: "off by 1", errors }));
  const error = await clientOf(api.url)
    .client.post(WRITE, okSchema)
    .catch((caught: unknown) => caught);
  if (!(error instanceof ApiRefusedError)) throw new Error("not refused");
  expect(error.message).toBe(`POST ${PATH} was refused: 422 ENTRY_UNBALANCED off by 1 (request req-1)`);
  expect(error.problem.errors).toEqual(errors);
  expect(api.requests).toHaveLength(1);
});

test("an answer that is not this API's is an error, and no redirect takes the key elsewhere", async () => {
  await using page = startFakeApi(() => new Response("<html>hello</html>"));
  await expect(clientOf(page.url).client.get(PATH, okSchema)).rejects.toThrow("something else than this API answers");
  await using target = startFakeApi();
  await using moved = startFakeApi(() => Response.redirect(String(target.url), 307));
  await expect(clientOf(moved.url).client.post(WRITE, okSchema)).rejects.toBeInstanceOf(Error);
  expect(target.requests).toEqual([]);
});

test("the key travels in its header only, and a path in front of the API is kept", async () => {
  await using api = startFakeApi(() => Response.json({ ok: true }));
  await clientOf(new URL("/behind/a/proxy/", api.url)).client.get(PATH, okSchema);
  const [seen] = api.requests;
  expect(seen?.path).toBe(`/behind/a/proxy/api/v1${PATH}`);
  expect(seen?.headers.get("Authorization")).toBe("Bearer ftg_secret");
  expect(seen?.path).not.toContain("secret");
});
