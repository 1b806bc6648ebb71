import { expect, test } from "bun:test";
import { randomInt } from "node:crypto";
import { type Memory, runFuzz } from "./fuzz-run.ts";
import { twists } from "./twists/all.ts";
import { secretMark } from "./twists/twist.ts";

const requests = Number(process.env["FUZZ_REQUESTS"] ?? 3_000);
const seed = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 30));
const fullRun = 50_000;
/** What no user does alone: each session has one, who is a member of every book that it can invite to. */
const ofTwoUsers = new Set(["acceptInvitation"]);
/** How much more a process may hold in the last quarter of a full run than in the one before, as a median, in MiB. */
const growthMax = { heap: 8, rss: 32 };

test(`whatever is sent, the answer is as documented, and no 500 (FUZZ_SEED=${seed} FUZZ_REQUESTS=${requests})`, async () => {
  const { tally, operationIds, memory, lines, exit } = await runFuzz({ requests, seed });
  process.stdout.write(`${tally}\n`);
  expect(exit).toBe(0);
  expect(lines.filter((line) => line.includes(secretMark))).toEqual([]);
  expect(tally.requests).toBeGreaterThanOrEqual(requests);
  if (requests < fullRun) return;
  for (const { requests: sent, rss, heap, objects } of memory) {
    process.stdout.write(`after ${sent}: RSS ${mebibytes(rss)} MiB, heap ${mebibytes(heap)} MiB, ${objects} objects\n`);
  }
  const [third, last] = [memory.slice(-10, -5), memory.slice(-5)];
  for (const kind of ["heap", "rss"] as const) {
    const growth = medianOf(last, kind) - medianOf(third, kind);
    process.stdout.write(`${kind} from the third quarter of the run to the last: ${growth} MiB\n`);
    expect(growth).toBeLessThanOrEqual(growthMax[kind]);
  }
  const missing = operationIds.filter((id) => !tally.succeeded.has(id) && !ofTwoUsers.has(id));
  expect(missing).toEqual([]);
  expect([...new Set(twists.map(({ name }) => name))].filter((name) => !tally.twists.has(name))).toEqual([]);
}, 3_600_000);

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function medianOf(samples: readonly Memory[], kind: "heap" | "rss"): number {
  const sorted = samples.map((sample) => sample[kind]).toSorted((a, b) => a - b);
  return mebibytes(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}
