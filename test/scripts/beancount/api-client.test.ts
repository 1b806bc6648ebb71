import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { z } from "zod";
import { ApiClient } from "../../../scripts/beancount/client/api-client.ts";
import {
  ApiRefusedError,
  ApiUnavailableError,
  OutcomeUnknownError,
} from "../../../scripts/beancount/client/api-errors.ts";
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

test("a 429 is waited out as Retry-After says, in seconds or as a date, and the same request is sent again", async () => {
  await using seconds = startFakeApi(first(3, () => problem(429, "RATE_LIMITED", {}, { "Retry-After": "7" })));
  const { client, waits } = clientOf(seconds.url);
  expect(await client.post(PATH, { a: "1" }, okSchema)).toEqual({ ok: true });
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
  await expect(client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(waits).toHaveLength(30);
});

test("a write is repeated after a 503 that says nothing was written, a bounded number of times", async () => {
  for (const id of ["POOL_TIMEOUT", "DATABASE_UNAVAILABLE", "STATEMENT_TIMEOUT", "TRANSACTION_CONFLICT"]) {
    await using api = startFakeApi(first(2, () => problem(503, id)));
    const { client } = clientOf(api.url);
    expect(await client.post(PATH, {}, okSchema)).toEqual({ ok: true });
    expect(api.requests).toHaveLength(3);
  }
  await using api = startFakeApi(() => problem(503, "POOL_TIMEOUT"));
  await expect(clientOf(api.url).client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
  expect(api.requests).toHaveLength(6);
});

test("a write whose outcome is unknown is sent once only", async () => {
  const answers: (() => Response)[] = [
    () => problem(503, "COMMIT_OUTCOME_UNKNOWN"),
    () => problem(500, "INTERNAL"),
    () => new Response("<html>Bad gateway</html>", { status: 502 }),
    () => new Response("busy", { status: 503 }),
    () => problem(504, "POOL_TIMEOUT"),
  ];
  for (const answer of answers) {
    await using api = startFakeApi(answer);
    await expect(clientOf(api.url).client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(api.requests).toHaveLength(1);
  }
});

test("a write whose connection breaks before the answer is sent once only, and its outcome is unknown", async () => {
  let writes = 0;
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      if (data.toString().startsWith("GET")) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}');
      else {
        writes += 1;
        socket.destroy();
      }
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  const { client } = clientOf(new URL(`http://127.0.0.1:${port}`));
  await client.get(PATH, okSchema);
  await expect(client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(OutcomeUnknownError);
  expect(writes).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  await expect(client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(ApiUnavailableError);
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
    .client.post(PATH, {}, okSchema)
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
  await expect(clientOf(moved.url).client.post(PATH, {}, okSchema)).rejects.toBeInstanceOf(Error);
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
