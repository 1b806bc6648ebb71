import { expect, test } from "bun:test";
import fc from "fast-check";
import { MemoryStore, type RateLimitPolicy } from "../../../src/foundation/rate-limit/index.ts";
import { SlidingModel } from "./sliding-model.ts";

const policy = (limit: number, windowSeconds = 10): RateLimitPolicy => ({ name: "test", limit, windowSeconds });

const step = fc.record({
  key: fc.constantFrom("a", "b"),
  afterMs: fc.oneof(fc.nat(50), fc.nat(1_500), fc.nat(15_000)),
  cost: fc.constantFrom(1, 1, 2, 5, 10),
});
const steps = fc.array(step, { minLength: 1, maxLength: 150 });

test("no window of the policy's length, wherever it begins, holds more units than the limit", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), fc.nat(1_000_000), (taken, limit, startMs) => {
      let nowMs = startMs;
      const store = new MemoryStore({ nowMs: () => nowMs });
      const limited = policy(limit);
      const admitted: { readonly key: string; readonly atMs: number; readonly units: number }[] = [];
      for (const { key, afterMs, cost } of taken) {
        nowMs += afterMs;
        if (!store.take(limited, key, cost).admitted) continue;
        admitted.push({ key, atMs: nowMs, units: Math.min(cost, limit) });
        const inWindow = admitted.filter((each) => each.key === key && each.atMs > nowMs - 10_000);
        expect(inWindow.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test("it admits, counts and tells when to come back as a list of everything would, and waiting as long is enough", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (taken, limit) => {
      let nowMs = 5_000_000;
      const store = new MemoryStore({ nowMs: () => nowMs });
      const limited = policy(limit);
      const models = { a: new SlidingModel(limit, 10), b: new SlidingModel(limit, 10) };
      for (const { key, afterMs, cost } of taken) {
        nowMs += afterMs;
        const { span, waitMs, ...charge } = store.take(limited, key, cost);
        const { freeAtMs, ...expected } = models[key].take(cost, span);
        expect([span, charge, nowMs + waitMs]).toEqual([Math.floor(nowMs / 1_000), expected, freeAtMs]);
        if (charge.admitted) continue;
        nowMs += waitMs - 1;
        expect(store.take(limited, key, cost).admitted).toBe(false);
        models[key].take(cost, Math.floor(nowMs / 1_000));
        nowMs += 1;
        expect(store.take(limited, key, cost).admitted).toBe(true);
        models[key].take(cost, Math.floor(nowMs / 1_000));
      }
    }),
  );
});

test("limits hold across the edge of a window: what was spent at its end is not there again at its beginning", () => {
  let nowMs = 59_999;
  const store = new MemoryStore({ nowMs: () => nowMs });
  const minute = policy(5, 60);
  for (let request = 0; request < 5; request += 1) expect(store.take(minute, "a", 1).admitted).toBe(true);
  nowMs = 60_000;
  expect(store.take(minute, "a", 1).admitted).toBe(false);
  nowMs = 59_999 + 60_000;
  expect(store.take(minute, "a", 1).admitted).toBe(false);
  nowMs = 54_000 + 66_000;
  expect(store.take(minute, "a", 1).admitted).toBe(true);
});

test("what is given back can be spent again, once, and not after it has run out by itself", () => {
  let nowMs = 0;
  const store = new MemoryStore({ nowMs: () => nowMs });
  const limited = policy(2);
  const first = store.take(limited, "a", 1);
  store.take(limited, "a", 1);
  store.giveBack(limited, "a", 1, first);
  expect(store.take(limited, "a", 1).admitted).toBe(true);
  expect(store.take(limited, "a", 1).admitted).toBe(false);
  nowMs = 11_000;
  store.take(limited, "a", 2);
  store.giveBack(limited, "a", 1, first);
  expect(store.take(limited, "a", 1).admitted).toBe(false);
});

test("a clock that goes back lets nobody spend more", () => {
  let nowMs = 100_000;
  const store = new MemoryStore({ nowMs: () => nowMs });
  const limited = policy(1);
  expect(store.take(limited, "a", 1).admitted).toBe(true);
  for (nowMs of [90_000, 0, 100_000, 109_999]) expect(store.take(limited, "a", 1).admitted).toBe(false);
});

test("a million addresses take no more room than a hundred thousand, and whoever keeps coming stays limited", () => {
  const store = new MemoryStore({ nowMs: () => 1_000_000 });
  const limited = policy(3, 60);
  let admitted = 0;
  let sizeMax = 0;
  for (let address = 0; address < 1_000_000; address += 1) {
    store.take(limited, `address-${address}`, 1);
    if (address % 10_000 !== 0) continue;
    if (store.take(limited, "persistent", 1).admitted) admitted += 1;
    sizeMax = Math.max(sizeMax, store.size);
  }
  expect(admitted).toBe(3);
  expect(sizeMax).toBeLessThanOrEqual(100_000);
  expect(sizeMax).toBeGreaterThan(50_000);
});

test("a key that comes as a generation is full keeps what it has spent", () => {
  const store = new MemoryStore({ keysMax: 4, nowMs: () => 1_000_000 });
  const limited = policy(1);
  for (const key of ["kept", "b", "c", "d"]) store.take(limited, key, 1);
  expect(store.take(limited, "kept", 1).admitted).toBe(false);
});

test("keys whose windows are over are let go as time goes on", () => {
  let nowMs = 1_000_000;
  const store = new MemoryStore({ nowMs: () => nowMs });
  const limited = policy(3);
  for (let client = 0; client < 1_000; client += 1) store.take(limited, `early-${client}`, 1);
  expect(store.size).toBe(1_000);
  for (const key of ["late", "later"]) {
    nowMs += 11_000;
    store.take(limited, key, 1);
  }
  expect(store.size).toBe(2);
});
