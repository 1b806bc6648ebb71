import { afterAll, beforeAll, expect, test } from "bun:test";
import { mapPgError } from "../../../src/db/errors.ts";
import type { AppEnv } from "../../../src/deps.ts";
import { createPasswordHasher, type DeriveKey, type ScryptCost } from "../../../src/foundation/auth/index.ts";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createErrorMapper } from "../../../src/foundation/errors/index.ts";
import { requestContext } from "../../../src/foundation/http/request-context.ts";
import { createRouter } from "../../../src/foundation/http/route-factory.ts";
import { createAuthRoutes } from "../../../src/modules/auth/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.close());

const password = "correct horse battery staple";
const before: ScryptCost = { logN: 4, r: 1, p: 1 };
const now: ScryptCost = { logN: 5, r: 1, p: 1 };

/** The auth routes over the test's database with a hasher that notes what each derivation cost. */
function createApp(cost: ScryptCost, bounds: { concurrency?: number; waitingMax?: number } = {}) {
  const derivations: ScryptCost[] = [];
  const hold = { until: Promise.resolve() };
  const derive: DeriveKey = async (bytes, salt, keyLength, { logN, r, p }) => {
    derivations.push({ logN, r, p });
    await hold.until;
    const seed = Bun.SHA256.hash(new Uint8Array([...bytes, ...salt, logN, r, p])) as Uint8Array;
    return seed.slice(0, keyLength);
  };
  const app = createRouter<AppEnv>();
  app.use(requestContext());
  app.use(async (c, next) => {
    c.set("deps", t.deps);
    c.set("db", t.db);
    c.set("clientAddress", "192.0.2.1");
    await next();
  });
  app.route("/", createAuthRoutes({ passwords: createPasswordHasher({ cost, derive, ...bounds }) }));
  app.onError(createErrorMapper({ mapUnknown: mapPgError }));
  const post = async (path: string, json: unknown) => {
    derivations.length = 0;
    const headers = { "Content-Type": "application/json" };
    const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(json) });
    const body = (await response.json()) as { error_id?: string };
    return { status: response.status, headers: response.headers, errorId: body.error_id, spent: [...derivations] };
  };
  return { post, derivations, hold };
}

test("log-in spends one derivation of the same cost for a known and an unknown address", async () => {
  const { post } = createApp(now);
  const email = "known@example.com";
  expect((await post("/auth/register", { email, password })).spent).toEqual([now]);
  expect(await post("/auth/login", { email, password })).toMatchObject({ status: 200, spent: [now] });
  expect(await post("/auth/login", { email, password: "wrong" })).toMatchObject({ status: 401, spent: [now] });
  for (let round = 0; round < 2; round += 1) {
    const unknown = await post("/auth/login", { email: "unknown@example.com", password });
    expect(unknown).toMatchObject({ status: 401, errorId: "CREDENTIALS_INVALID", spent: [now] });
  }
});

test("a log-in replaces a hash that is cheaper than today's, once, and only for the right password", async () => {
  const email = "early@example.com";
  await createApp(before).post("/auth/register", { email, password });
  const { post } = createApp(now);
  expect(await post("/auth/login", { email, password: "wrong" })).toMatchObject({ status: 401, spent: [before] });
  expect(await post("/auth/login", { email, password })).toMatchObject({ status: 200, spent: [before, now] });
  expect(await post("/auth/login", { email, password })).toMatchObject({ status: 200, spent: [now] });
});

test("when too many passwords wait to be checked the next is refused with 503 and stores nothing", async () => {
  const { post, hold, derivations } = createApp(now, { concurrency: 1, waitingMax: 0 });
  const { promise, resolve } = Promise.withResolvers<void>();
  hold.until = promise;
  const first = post("/auth/register", { email: "first@example.com", password });
  while (derivations.length === 0) await new Promise((next) => setTimeout(next, 1));
  const refused = await post("/auth/register", { email: "second@example.com", password });
  expect(refused).toMatchObject({ status: 503, errorId: "PASSWORD_CHECK_BUSY" });
  expect(refused.headers.get("retry-after")).toBe("1");
  resolve();
  expect((await first).status).toBe(201);
  const stored = await withTx(
    t.db,
    { settings: {} },
    (tx) => tx.sql`select email from identity.users where email in ('first@example.com', 'second@example.com')`,
    { readOnly: true },
  );
  expect(stored).toEqual([{ email: "first@example.com" }]);
});
