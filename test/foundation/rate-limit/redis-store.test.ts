import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { createBunRedisLink } from "../../../src/foundation/rate-limit/bun-redis-link.ts";
import {
  FailoverStore,
  type RateLimitPolicy,
  type RedisLink,
  RedisStore,
} from "../../../src/foundation/rate-limit/index.ts";
import { createRedisGate, redisUrl } from "../../support/redis.ts";
import { SlidingModel } from "./sliding-model.ts";

const withRedis = test.skipIf(redisUrl === null);
const url = redisUrl ?? "";
const prefix = `footing-test:${randomUUID()}:`;
const policy = (limit: number, windowSeconds: number): RateLimitPolicy => ({ name: "test", limit, windowSeconds });
let client: Bun.RedisClient;
beforeAll(() => {
  client = new Bun.RedisClient(url === "" ? "redis://127.0.0.1:6379" : url);
});
afterAll(() => client.close());

withRedis("it decides as a list of everything would, by Redis' clock, across the edges of its windows", async () => {
  const link = createBunRedisLink({ url });
  const store = new RedisStore(link, { prefix });
  const seed = Math.floor(Math.random() * 2 ** 31);
  let dice = seed;
  const roll = (sides: number) => {
    dice = (dice * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((dice / 2 ** 31) * sides);
  };
  const until = performance.now() + 2_600;
  const callers = Array.from({ length: 12 }, async (_, caller) => {
    const limit = 1 + roll(15);
    const model = new SlidingModel(limit, 1);
    const taken = [];
    while (performance.now() < until) {
      const cost = [1, 1, 2, 5, 10][roll(5)] ?? 1;
      const before = Date.now();
      const { span, waitMs, ...charge } = await store.take(policy(limit, 1), `caller-${caller}`, cost);
      const { freeAtMs, ...expected } = model.take(cost, span);
      expect({ seed, caller, charge }).toEqual({ seed, caller, charge: expected });
      // Within its span; where both clocks are one machine's, even at its time.
      expect(freeAtMs - waitMs).toBeGreaterThanOrEqual(span * 100);
      expect(freeAtMs - waitMs).toBeLessThan((span + 1) * 100);
      taken.push({ span, units: charge.admitted ? Math.min(cost, limit) : 0, before });
      await Bun.sleep(roll(120));
    }
    for (const { span } of taken) {
      const inWindow = taken.filter((each) => each.span <= span && each.span > span - 11);
      expect(inWindow.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(limit);
    }
    return taken.length;
  });
  const counts = await Promise.all(callers);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  link.close();
});

withRedis("of many at once through several connections exactly the limit is admitted", async () => {
  const links = [1, 2, 3].map(() => createBunRedisLink({ url }));
  const stores = links.map((link) => new RedisStore(link, { prefix }));
  const many = Array.from({ length: 300 }, (_, at) => stores[at % 3]?.take(policy(50, 60), "many", 1));
  expect((await Promise.all(many)).filter((charge) => charge?.admitted)).toHaveLength(50);
  for (const link of links) link.close();
});

withRedis(
  "what is given back can be spent again, keys expire with their window, and a lost script is sent anew",
  async () => {
    const link = createBunRedisLink({ url });
    const store = new RedisStore(link, { prefix });
    const limited = policy(2, 7);
    const first = await store.take(limited, "key", 1);
    await store.take(limited, "key", 1);
    expect(await store.take(limited, "key", 1)).toMatchObject({ admitted: false, spent: 2 });
    await store.giveBack(limited, "key", 1, first);
    await client.send("SCRIPT", ["FLUSH"]);
    expect(await store.take(limited, "key", 1)).toMatchObject({ admitted: true, spent: 2 });
    await client.send("SCRIPT", ["FLUSH"]);
    await store.giveBack(limited, "key", 1, { ...first, span: first.span - 1 });
    expect(await store.take(limited, "key", 1)).toMatchObject({ admitted: false, spent: 2 });
    const expiresInMs = await client.pttl(`${prefix}test:7:key`);
    expect(expiresInMs).toBeGreaterThan(6_000);
    expect(expiresInMs).toBeLessThanOrEqual(7_700);
    link.close();
  },
);

withRedis("a charge is one round trip of one command", async () => {
  const link = createBunRedisLink({ url });
  let sent = 0;
  const counted: RedisLink = {
    send(...of) {
      sent += 1;
      return link.send(...of);
    },
  };
  const store = new RedisStore(counted, { prefix });
  await store.take(policy(9, 60), "warm", 1);
  sent = 0;
  for (let turn = 0; turn < 5; turn += 1) await store.take(policy(9, 60), "warm", 1);
  expect(sent).toBe(5);
  link.close();
});

withRedis("a Redis that stops and comes back costs one warning and one line, and nobody waits for it", async () => {
  const gate = createRedisGate(url);
  const lines: string[] = [];
  const logger = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  const link = createBunRedisLink({ url: gate.url, retryMs: 50 });
  const store = new FailoverStore({ shared: new RedisStore(link, { prefix }), onFailure: "memory", logger });
  const limited = policy(3, 60);
  const take = async () => (await store.take(limited, "stopped", 1))?.spent;
  expect([await take(), await take()]).toEqual([1, 2]);
  gate.shut();
  // Counted by the process itself, from nothing.
  expect([await take(), await take()]).toEqual([1, 2]);
  expect(lines).toEqual(["the store of the rate limits does not answer"]);
  gate.open();
  while (lines.length < 2) {
    await store.take(limited, "meanwhile", 1);
    await Bun.sleep(10);
  }
  expect(lines).toEqual(["the store of the rate limits does not answer", "the store of the rate limits answers again"]);
  // What Redis counted before is there again.
  expect([await take(), await take()]).toEqual([3, 3]);
  link.close();
  gate.shut();
});

withRedis(
  "a Redis that falls silent is given up, its trials reach it one by one, and its late answers reach nobody",
  async () => {
    const gate = createRedisGate(url);
    const link = createBunRedisLink({ url: gate.url, answerMs: 60, retryMs: 100 });
    const store = new RedisStore(link, { prefix });
    const limited = policy(1_000, 60);
    await store.take(limited, "silent", 1);
    gate.setSilent(true);
    const waiting = await Promise.allSettled(Array.from({ length: 10 }, () => store.take(limited, "silent", 1)));
    expect(waiting.map(({ status }) => status)).toEqual(Array(10).fill("rejected"));
    const { connections } = gate;
    const failed = await Promise.allSettled(Array.from({ length: 500 }, () => store.take(limited, "silent", 1)));
    expect(failed.every(({ status }) => status === "rejected")).toBe(true);
    expect(gate.connections - connections).toBeLessThanOrEqual(1);
    gate.setSilent(false);
    let spent: number | null = null;
    while (spent === null) {
      await Bun.sleep(20);
      spent = await store.take(limited, "silent", 1).then(
        (charge) => charge.spent,
        () => null,
      );
    }
    expect(spent).toBe(2);
    expect((await store.take(limited, "silent", 1)).spent).toBe(3);
    link.close();
    gate.shut();
  },
);
