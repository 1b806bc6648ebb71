// What more clients than can be served cost those that are: postings acknowledged a second, their 95th percentile, and what was
// refused, from 8 clients to 256, in turns; medians of the rounds. Past saturation the first must stay as it is. A client that is
// refused waits as long as Retry-After says. Run: bun bench/overload.ts [rounds] [seconds] [books: 1 or 100], on TEST_DATABASE_URL
// or an embedded PostgreSQL.

import { runAtEnd } from "../test/support/at-end.ts";
import { createTestDatabase } from "../test/support/database.ts";
import { withScratchDirectory } from "../test/support/scratch-directory.ts";
import { type Client, connect } from "./posting/clients.ts";
import { startFooting } from "./posting/footing.ts";

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 5);
const books = process.argv[4] === "1" ? 1 : 100;
const clientCounts = [8, 16, 32, 64, 128, 256];
const warmUpSeconds = 3;

interface Step {
  /** How long each acknowledged posting took, in milliseconds. */
  readonly acknowledged: number[];
  refused: number;
  readonly seconds: number;
}

/** @throws for an answer that is neither 201 nor 503, and for a 503 that does not say when to come back. */
async function runStep(clients: readonly Client[], request: () => Uint8Array, forSeconds: number): Promise<Step> {
  const step = { acknowledged: [] as number[], refused: 0 };
  const start = performance.now();
  const end = start + forSeconds * 1000;
  async function work(client: Client): Promise<void> {
    while (performance.now() < end) {
      const sentAt = performance.now();
      const { status, retryAfter } = await client.send(request());
      if (status === 201) {
        step.acknowledged.push(performance.now() - sentAt);
        continue;
      }
      if (status !== 503 || !/^[1-9][0-9]*$/.test(retryAfter ?? "")) {
        throw new Error(`a posting was answered with ${status}, Retry-After: ${retryAfter}`);
      }
      step.refused += 1;
      await Bun.sleep(Number(retryAfter) * 1000);
    }
  }
  await Promise.all(clients.map(work));
  return { ...step, seconds: (performance.now() - start) / 1000 };
}

/** The value that so large a share of the others does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
}

const database = await createTestDatabase();
try {
  await withScratchDirectory(async (cwd) => {
    const footing = await startFooting(database, cwd);
    const request = footing.randomPair(books);
    const run = async (count: number, forSeconds: number): Promise<Step> => {
      const clients = await Promise.all(Array.from({ length: count }, () => connect(new URL(footing.url))));
      const step = await runStep(clients, request, forSeconds);
      for (const client of clients) client.close();
      return step;
    };
    await run(clientCounts[0] ?? 1, warmUpSeconds);
    const steps = new Map(clientCounts.map((count) => [count, [] as Step[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [count, taken] of steps) taken.push(await run(count, seconds));
    }
    process.stdout.write("| clients | acknowledged a second | p50, ms | p95, ms | refused |\n|---|---|---|---|---|\n");
    for (const [count, taken] of steps) {
      const median = (of: (step: Step) => number) => quantile(taken.map(of), 0.5);
      const cells = [
        count,
        median((step) => step.acknowledged.length / step.seconds),
        median((step) => quantile(step.acknowledged, 0.5)),
        median((step) => quantile(step.acknowledged, 0.95)),
        taken.reduce((sum, { refused }) => sum + refused, 0),
      ];
      process.stdout.write(`| ${cells.join(" | ")} |\n`);
    }
    await footing.stop();
  });
} finally {
  await database.drop();
  await runAtEnd();
}
process.exit(0);
