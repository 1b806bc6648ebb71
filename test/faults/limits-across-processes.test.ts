import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { createRedisGate, type RedisGate, redisUrl } from "../support/redis.ts";

const withRedis = test.skipIf(redisUrl === null);
const limit = 40;
let database: TestDatabase;
let gate: RedisGate;
let processes: ApiProcess[] = [];

beforeAll(async () => {
  if (redisUrl === null) return;
  database = await createTestDatabase();
  gate = createRedisGate(redisUrl);
  const env = {
    DATABASE_URL: database.apiUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
    API_RATE_LIMIT_REQUESTS: String(limit),
    API_RATE_LIMIT_WINDOW: "30",
    REDIS_URL: gate.url,
    RATE_LIMIT_ON_STORE_FAILURE: "closed",
    TRUSTED_PROXIES: "127.0.0.0/8",
  };
  processes = await Promise.all([startApi({ cwd: tmpdir(), env }), startApi({ cwd: tmpdir(), env })]);
}, 60_000);
afterAll(async () => {
  if (redisUrl === null) return;
  await Promise.all(processes.map((api) => api.end("SIGTERM")));
  gate.shut();
  await database.drop();
});

/** An address that no run before this one has used. */
const newAddress = () => [100, 64 + randomInt(64), randomInt(256), randomInt(256)].join(".");

async function get(api: number, address: string, path = "/errors") {
  const response = await fetch(`${processes[api % processes.length]?.url}${path}`, {
    headers: { "X-Forwarded-For": address },
  });
  const body = JSON.parse(await response.text());
  return { status: response.status, errorId: body.error_id, headers: response.headers };
}

withRedis(
  "two processes on one Redis admit exactly the limit between them",
  async () => {
    const addresses = [newAddress(), newAddress(), newAddress()];
    const answers = await Promise.all(
      addresses.flatMap((address) => Array.from({ length: 3 * limit }, (_, at) => get(at, address))),
    );
    for (const [index, address] of addresses.entries()) {
      const own = answers.slice(index * 3 * limit, (index + 1) * 3 * limit);
      const statuses = own.map(({ status }) => status);
      expect({ address, admitted: statuses.filter((status) => status === 200).length }).toEqual({
        address,
        admitted: limit,
      });
      expect(statuses.filter((status) => status === 429)).toHaveLength(2 * limit);
      expect((await get(index, address)).headers.get("ratelimit")).toMatch(/^"address";r=0;t=\d+$/);
    }
  },
  60_000,
);

withRedis(
  "while Redis is away both refuse, as they are set to, but for what is exempt; then both go on by themselves",
  async () => {
    const address = newAddress();
    expect((await get(0, address)).status).toBe(200);
    gate.shut();
    for (const api of [0, 1]) {
      const { status, errorId, headers } = await get(api, address);
      expect([status, errorId, headers.get("retry-after")]).toEqual([503, "RATE_LIMIT_UNAVAILABLE", "1"]);
      expect((await get(api, address, "/health/live")).status).toBe(200);
    }
    gate.open();
    for (const api of [0, 1]) while ((await get(api, address)).status !== 200) await Bun.sleep(50);
    for (const { lines } of processes) {
      const said = (text: string) => lines.filter((line) => line.includes(text)).length;
      while (said("the store of the rate limits answers again") === 0) await Bun.sleep(20);
      expect(said("the store of the rate limits does not answer")).toBe(1);
      expect(said("the store of the rate limits answers again")).toBe(1);
    }
  },
  60_000,
);
