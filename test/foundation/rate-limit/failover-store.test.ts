import { expect, test } from "bun:test";
import {
  type Charge,
  FailoverStore,
  MemoryStore,
  type RateLimitPolicy,
  type RateLimitStore,
  type StoreFailurePolicy,
} from "../../../src/foundation/rate-limit/index.ts";

const policy: RateLimitPolicy = { name: "test", limit: 2, windowSeconds: 60 };

function createStore(onFailure: StoreFailurePolicy) {
  const lines: string[] = [];
  const memory = new MemoryStore();
  const link = { down: false };
  const answer = <T>(run: () => T): Promise<T> =>
    link.down ? Promise.reject(new Error("the store is down")) : Promise.resolve(run());
  const shared: RateLimitStore = {
    take: (...of) => answer(() => memory.take(...of)),
    giveBack: (...of) => answer(() => memory.giveBack(...of)),
  };
  const logger = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  return { store: new FailoverStore({ shared, onFailure, logger }), link, lines };
}

const told = ["the store of the rate limits does not answer", "the store of the rate limits answers again"];

test("memory: while the store fails each process counts for itself, and the limit still holds", async () => {
  const { store, link, lines } = createStore("memory");
  const admitted = async () => (await store.take(policy, "a", 1))?.admitted;
  expect(await admitted()).toBe(true);
  link.down = true;
  expect([await admitted(), await admitted(), await admitted()]).toEqual([true, true, false]);
  expect(lines).toEqual(told.slice(0, 1));
  link.down = false;
  expect([await admitted(), await admitted()]).toEqual([true, false]);
  expect(lines).toEqual(told);
  link.down = true;
  await admitted();
  expect(lines).toEqual([...told, ...told.slice(0, 1)]);
});

test("open: while the store fails everything passes and nothing is counted", async () => {
  const { store, link, lines } = createStore("open");
  link.down = true;
  for (let turn = 0; turn < 5; turn += 1) expect(await store.take(policy, "a", 1)).toBeNull();
  link.down = false;
  expect(await store.take(policy, "a", 2)).toMatchObject({ admitted: true, spent: 2 });
  expect(lines).toEqual(told);
});

test("closed: while the store fails everything is refused, with a time to come back", async () => {
  const { store, link, lines } = createStore("closed");
  link.down = true;
  for (let turn = 0; turn < 3; turn += 1) {
    await expect(store.take(policy, "a", 1)).rejects.toMatchObject({
      errorId: "RATE_LIMIT_UNAVAILABLE",
      headers: { "Retry-After": "1" },
      cause: { message: "the store is down" },
    });
  }
  link.down = false;
  expect(await store.take(policy, "a", 2)).toMatchObject({ admitted: true, spent: 2 });
  expect(lines).toEqual(told);
});

test("what is given back goes where it was taken, and a store that fails then fails nobody", async () => {
  const { store, link } = createStore("memory");
  const take = () => store.take(policy, "a", 1) as Promise<Charge>;
  const before = await take();
  link.down = true;
  const during = await take();
  await store.giveBack(policy, "a", 1, before);
  expect([(await take()).admitted, (await take()).admitted]).toEqual([true, false]);
  link.down = false;
  await store.giveBack(policy, "a", 1, during);
  expect((await take()).spent).toBe(2);
  link.down = true;
  expect([(await take()).admitted, (await take()).admitted]).toEqual([true, false]);
});
