import { afterAll, beforeAll, expect, test } from "bun:test";
import { mapPgError } from "../../../src/db/errors.ts";
import type { AppEnv } from "../../../src/deps.ts";
import { createPasswordHasher } from "../../../src/foundation/auth/index.ts";
import { createErrorMapper } from "../../../src/foundation/errors/index.ts";
import { requestContext } from "../../../src/foundation/http/request-context.ts";
import { createRouter } from "../../../src/foundation/http/route-factory.ts";
import { createAuthRoutes } from "../../../src/modules/auth/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

const hour = 3_600_000;
const day = 24 * hour;
const password = "correct horse battery staple";
let t: TestApp;
let app: ReturnType<typeof createApp>;
let users = 0;
beforeAll(async () => {
  t = await createTestApp();
  t.clock.current = new Date("2026-03-01T12:00:00.000Z");
  app = createApp();
});
afterAll(() => t.close());

/** The auth routes over the test's database with a hasher that costs little, as a lock takes many passwords. */
function createApp() {
  const router = createRouter<AppEnv>();
  router.use(requestContext());
  router.use(async (c, next) => {
    c.set("deps", t.deps);
    c.set("db", t.db);
    c.set("clientAddress", c.req.header("x-test-address") ?? "unknown");
    await next();
  });
  router.route("/", createAuthRoutes({ passwords: createPasswordHasher({ cost: { logN: 4, r: 1, p: 1 } }) }));
  router.onError(createErrorMapper({ mapUnknown: mapPgError }));
  return router;
}

async function send(path: string, from: string, { json, token }: { json?: unknown; token?: string } = {}) {
  const response = await app.request(path, {
    method: json === undefined ? "GET" : "POST",
    headers: {
      "X-Test-Address": from,
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

function pass(ms: number): void {
  t.clock.current = new Date((t.clock.current ?? new Date()).getTime() + ms);
}

/** A user that registered from a network of its own, when all that was counted before has run out. */
async function createUser() {
  pass(hour);
  users += 1;
  const [email, network] = [`locked-${users}@example.com`, `198.51.100.${users}`];
  const { body } = await send("/auth/register", network, { json: { email, password } });
  return { email, network, token: body.access_token as string, refreshToken: body.refresh_token as string };
}

const logIn = ({ email }: { readonly email: string }, tried: string, network: string) =>
  send("/auth/login", network, { json: { email, password: tried } });

const change = (token: string, network: string, tried = password) =>
  send("/auth/password", network, { token, json: { password: tried, new_password: newPassword } });
const newPassword = "another correct horse";

/** Wrong passwords from as many networks as it takes, ten from each. */
async function guess(user: { readonly email: string }, times: number, from = 1): Promise<string[]> {
  const answers = [];
  for (let attempt = 0; attempt < times; attempt += 1) {
    answers.push(await logIn(user, "a wrong password", `203.0.113.${from + Math.floor(attempt / 10)}`));
  }
  return answers.map(({ body }) => body.error_id);
}

test("ten wrong passwords from one network lock it for the address, and no other one", async () => {
  const user = await createUser();
  expect(new Set(await guess(user, 10))).toEqual(new Set(["CREDENTIALS_INVALID"]));
  const { status, headers, body } = await logIn(user, password, "203.0.113.1");
  expect([status, body.error_id]).toEqual([429, "LOGIN_LOCKED"]);
  expect(headers.get("retry-after")).toBe("990");
  expect(headers.get("ratelimit")).toContain('"login-network";r=0;t=990, "login-account";r=20;t=990');
  expect(headers.get("ratelimit-policy")).toContain('"login-network";q=10;w=900, "login-account";q=30;w=900');
  expect((await logIn(user, password, "203.0.113.2")).status).toBe(200);
  pass(990_000);
  expect((await logIn(user, password, "203.0.113.1")).status).toBe(200);
});

test("thirty wrong passwords from anywhere lock the address for every network that is strange to it", async () => {
  const user = await createUser();
  expect(new Set(await guess(user, 30))).toEqual(new Set(["CREDENTIALS_INVALID"]));
  for (let network = 10; network < 15; network += 1) {
    const locked = await logIn(user, password, `203.0.113.${network}`);
    expect([locked.status, locked.body.error_id]).toEqual([429, "LOGIN_LOCKED"]);
    expect(locked.headers.get("retry-after")).toBe("990");
  }
});

test("whoever locks an address keeps its holder neither from a session nor from a log-in where the holder logs in", async () => {
  const user = await createUser();
  await guess(user, 30);
  await guess(user, 30, 100);
  expect((await send("/auth/me", "203.0.113.1", { token: user.token })).status).toBe(200);
  const refreshed = await send("/auth/refresh", "203.0.113.1", { json: { refresh_token: user.refreshToken } });
  expect(refreshed.status).toBe(200);
  expect((await logIn(user, password, user.network)).status).toBe(200);
  const changed = await change(user.token, user.network);
  expect(changed.status).toBe(204);
  expect((await logIn(user, newPassword, user.network)).status).toBe(200);
});

test("guesses from the holder's own network lock that network alone, and only for a while", async () => {
  const user = await createUser();
  for (let attempt = 0; attempt < 10; attempt += 1) await logIn(user, "a wrong password", user.network);
  expect((await logIn(user, password, user.network)).status).toBe(429);
  expect((await logIn(user, password, "203.0.113.50")).status).toBe(200);
});

test("a network is known for thirty days from the last log-in there", async () => {
  const user = await createUser();
  pass(29 * day);
  await guess(user, 30);
  expect((await logIn(user, password, user.network)).status).toBe(200);
  pass(29 * day);
  await guess(user, 30);
  expect((await logIn(user, password, user.network)).status).toBe(200);
  pass(30 * day);
  await guess(user, 30);
  expect((await logIn(user, password, user.network)).status).toBe(429);
});

test("a change of password makes every network strange but the one it comes from", async () => {
  const user = await createUser();
  expect((await logIn(user, password, "203.0.113.200")).status).toBe(200);
  const changed = await change(user.token, user.network);
  expect(changed.status).toBe(204);
  await guess(user, 30);
  expect((await logIn(user, newPassword, "203.0.113.200")).status).toBe(429);
  expect((await logIn(user, newPassword, user.network)).status).toBe(200);
});

test("right passwords are not counted, however many, nor are what is no guess", async () => {
  const user = await createUser();
  for (let attempt = 0; attempt < 12; attempt += 1) {
    expect((await logIn(user, password, "203.0.113.7")).status).toBe(200);
  }
  expect((await guess(user, 10, 7)).at(-1)).toBe("CREDENTIALS_INVALID");
});

test("guesses that are made all at once are bounded as well", async () => {
  const user = await createUser();
  const answers = await Promise.all(Array.from({ length: 25 }, () => logIn(user, "a wrong password", "203.0.113.9")));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(15).fill(429)]);
});

test("an address that nobody has is locked just the same, so that it cannot be told from one that somebody has", async () => {
  await createUser();
  const nobody = { email: `nobody-${users}@example.com` };
  const locked = async (of: { email: string }) => {
    await guess(of, 10);
    const { status, headers, body } = await logIn(of, "a wrong password", "203.0.113.1");
    const fields = headers.get("ratelimit")?.replace(/"password";[^,]*/, "");
    return { status, id: body.error_id, detail: body.detail, fields };
  };
  expect(await locked(nobody)).toEqual(await locked(await createUser()));
});

test("ten wrong present passwords within a session lock its changes of password, and nothing else", async () => {
  const user = await createUser();
  const second = (await logIn(user, password, user.network)).body.access_token;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await change(user.token, "203.0.113.1", "a wrong password")).body.error_id).toBe("PASSWORD_WRONG");
  }
  const locked = await change(user.token, user.network);
  expect([locked.status, locked.body.error_id]).toEqual([429, "LOGIN_LOCKED"]);
  expect((await send("/auth/me", "203.0.113.1", { token: user.token })).status).toBe(200);
  expect((await logIn(user, password, "203.0.113.77")).status).toBe(200);
  expect((await change(second, user.network)).status).toBe(204);
});
