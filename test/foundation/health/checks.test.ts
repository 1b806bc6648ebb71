import { expect, test } from "bun:test";
import {
  type Check,
  type CheckResult,
  createKeptChecks,
  createLifecycle,
  runChecks,
  statusOf,
} from "../../../src/foundation/health/index.ts";

const check = (name: string, probe: Check["probe"], critical = false): Check => {
  return { name, critical, probe, remedy: `look at ${name}` };
};
const works = check("works", async () => undefined);
const missing = check("missing", async () => false);
const broken = (critical: boolean) => check("broken", () => Promise.reject(new Error("refused")), critical);

test("each check says how it stands and how long it took, in the order given, and none can make the run throw", async () => {
  const throwsAtOnce = check("throws", () => {
    throw new Error("at once");
  });
  const results = await runChecks([works, missing, broken(true), throwsAtOnce], { timeoutMs: 1000 });
  expect(results.map(({ name, status }) => [name, status])).toEqual([
    ["works", "ok"],
    ["missing", "not_configured"],
    ["broken", "failed"],
    ["throws", "failed"],
  ]);
  for (const { durationMs } of results) expect(durationMs).toBeGreaterThanOrEqual(0);
  expect(results[2]?.error).toEqual(new Error("refused"));
});

test("a probe that never answers has failed when its time is up, and is told to give up", async () => {
  let aborted: unknown = null;
  const hangs = check("hangs", (signal) => {
    signal.addEventListener("abort", () => {
      aborted = signal.reason;
    });
    return new Promise(() => undefined);
  });
  const [result] = await runChecks([hangs], { timeoutMs: 20 });
  expect(result?.status).toBe("failed");
  expect(String(aborted)).toContain("no answer within 20 ms");
});

test("only what is critical fails the whole; anything else degrades it", async () => {
  const status = async (...checks: Check[]) => statusOf(await runChecks(checks, { timeoutMs: 1000 }));
  expect(await status(works, missing)).toBe("ok");
  expect(await status(works, broken(false))).toBe("degraded");
  expect(await status(works, broken(false), broken(true))).toBe("failed");
});

test("an answer is kept and a run is shared, and a failure is told once for each run", async () => {
  let [runs, now] = [0, 0];
  const told: CheckResult[] = [];
  const counted = check("counted", async () => {
    runs += 1;
    throw new Error("refused");
  });
  const ask = createKeptChecks([counted], {
    timeoutMs: 1000,
    keptMs: 1000,
    elapsedMs: () => now,
    onFailure: (result) => told.push(result),
  });
  await Promise.all(Array.from({ length: 50 }, ask));
  now = 1000;
  await ask();
  expect([runs, told.length]).toEqual([1, 1]);
  now = 1001;
  await ask();
  expect([runs, told.length]).toEqual([2, 2]);
});

test("a process goes forward through its life and never back", () => {
  const lifecycle = createLifecycle();
  expect(lifecycle.state).toBe("starting");
  lifecycle.enter("ready");
  expect(lifecycle.state).toBe("ready");
  lifecycle.enter("draining");
  lifecycle.enter("ready");
  expect(lifecycle.state).toBe("draining");
});
