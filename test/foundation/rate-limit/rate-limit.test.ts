import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper, type Problem } from "../../../src/foundation/errors/index.ts";
import {
  MemoryStore,
  type RateLimitOptions,
  type RateLimitStore,
  rateLimit,
  routeCost,
  withCost,
} from "../../../src/foundation/rate-limit/index.ts";

const pass = () => async (_: unknown, next: () => Promise<void>) => next();

function createApp(
  limits: readonly (Partial<RateLimitOptions> & { readonly limit: number })[],
  store?: RateLimitStore,
) {
  const clock = { ms: Date.parse("2026-01-01T00:00:00Z") };
  const nowMs = () => clock.ms;
  const app = new Hono();
  app.onError(createErrorMapper());
  for (const [at, { limit, ...options }] of limits.entries()) {
    app.use(
      rateLimit({
        policy: { name: ["outer", "inner"][at] ?? "", limit, windowSeconds: 60 },
        store: store ?? new MemoryStore({ nowMs }),
        key: (c) => c.req.header("x-client") ?? "one",
        cost: routeCost,
        nowMs,
        ...options,
      }),
    );
  }
  app.get("/free", withCost(0, pass()), (c) => c.text("ok"));
  app.get("/dear/:id", withCost(4, pass()), (c) => c.text("ok"));
  app.get("/own", () => new Response("a response of its own"));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  app.get("/", (c) => c.text("ok"));
  const get = async (path = "/", client = "one") => {
    const { status, headers } = await app.request(path, { headers: { "x-client": client } });
    const fields = [headers.get("ratelimit"), headers.get("ratelimit-policy"), headers.get("retry-after")];
    return { status, fields };
  };
  return { app, clock, get };
}

test("every counted answer tells what is left and when more is, whatever became of the request", async () => {
  const { clock, get } = createApp([{ limit: 4 }]);
  const policy = '"outer";q=4;w=60';
  expect(await get()).toEqual({ status: 200, fields: ['"outer";r=3;t=66', policy, null] });
  clock.ms += 12_000;
  expect(await get("/own")).toEqual({ status: 200, fields: ['"outer";r=2;t=54', policy, null] });
  expect(await get("/broken")).toEqual({ status: 500, fields: ['"outer";r=1;t=54', policy, null] });
  expect(await get("/nothing")).toEqual({ status: 404, fields: ['"outer";r=0;t=54', policy, null] });
  clock.ms += 1_500;
  expect(await get()).toEqual({ status: 429, fields: ['"outer";r=0;t=53', policy, "53"] });
  clock.ms += 52_500;
  expect(await get()).toEqual({ status: 200, fields: ['"outer";r=0;t=12', policy, null] });
});

test("past the limit the answer is RATE_LIMITED, and a refused request has spent nothing", async () => {
  const { app, clock, get } = createApp([{ limit: 1 }]);
  await get();
  const refused = await app.request("/");
  expect(refused.status).toBe(429);
  const problem = (await refused.json()) as Problem;
  expect([problem.error_id, problem.detail]).toEqual([
    "RATE_LIMITED",
    "The limit is 1 in 60 seconds. Come back in 66 s.",
  ]);
  clock.ms += 66_000;
  expect((await get()).status).toBe(200);
});

test("a route costs what it declares, all of it or none; what is free is neither counted nor limited", async () => {
  const { get } = createApp([{ limit: 6 }]);
  expect((await get("/dear/1")).fields[0]).toBe('"outer";r=2;t=66');
  expect(await get("/dear/2")).toMatchObject({ status: 429, fields: ['"outer";r=2;t=66', expect.anything(), "66"] });
  for (let turn = 0; turn < 3; turn += 1)
    expect(await get("/free")).toEqual({ status: 200, fields: [null, null, null] });
  expect((await get()).fields[0]).toBe('"outer";r=1;t=66');
});

test("one handler cannot cost this and that", () => {
  const handler = pass();
  withCost(1, handler);
  expect(() => withCost(2, handler)).toThrow(TypeError);
});

test("what costs more than the limit costs all of it, so that it can be had", async () => {
  const { get } = createApp([{ limit: 2 }]);
  expect(await get("/dear/1")).toMatchObject({ status: 200, fields: ['"outer";r=0;t=66', expect.anything(), null] });
  expect((await get("/dear/1")).status).toBe(429);
});

test("of two limits behind one another both must let a request pass, and both are told of", async () => {
  const { get } = createApp([{ limit: 3 }, { limit: 2 }]);
  const policies = '"outer";q=3;w=60, "inner";q=2;w=60';
  expect(await get()).toEqual({ status: 200, fields: ['"outer";r=2;t=66, "inner";r=1;t=66', policies, null] });
  await get();
  expect(await get()).toEqual({ status: 429, fields: ['"outer";r=0;t=66, "inner";r=0;t=66', policies, "66"] });
  expect(await get()).toEqual({ status: 429, fields: ['"outer";r=0;t=66', '"outer";q=3;w=60', "66"] });
});

test("keys are counted apart", async () => {
  const { get } = createApp([{ limit: 1 }]);
  expect((await get("/", "a")).status).toBe(200);
  expect((await get("/", "b")).status).toBe(200);
  expect((await get("/", "a")).status).toBe(429);
});

test("a store that cannot count lets pass, and the answer claims nothing", async () => {
  const told: string[] = [];
  const { get } = createApp([{ limit: 1, onDecision: (...decided) => told.push(decided.join(" ")) }], {
    take: async () => null,
    giveBack: () => undefined,
  });
  for (let turn = 0; turn < 3; turn += 1) expect(await get()).toEqual({ status: 200, fields: [null, null, null] });
  expect(told).toEqual(["admitted outer", "admitted outer", "admitted outer"]);
});

test("what the store throws is the answer", async () => {
  const { get } = createApp([{ limit: 1 }], {
    take: () => Promise.reject(new Error("the store is broken")),
    giveBack: () => undefined,
  });
  expect((await get()).status).toBe(500);
});
