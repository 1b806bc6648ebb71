/**
 * The application against a reference model of it: random writes by one client or several at once, with connections cut
 * under them, and after every step questions made from what the book then has, on every endpoint that reads.
 *
 * MODEL_STEPS: how many steps at the least (300). MODEL_SEED: the seed (a new one every time, printed on failure).
 * MODEL_PATH: with the seed of a failure, its shrunk run. A full run: `MODEL_STEPS=10000 bun test test/model`.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomInt } from "node:crypto";
import { endpoints } from "./queries/all.ts";
import { modes } from "./run.ts";
import { describe, findFailure } from "./search.ts";
import { refusals, writeKinds } from "./steps/all.ts";
import { Tally } from "./tally.ts";
import { createWorld, type TestWorld } from "./world.ts";

const steps = Number(process.env["MODEL_STEPS"] ?? 300);
const seed = Number(process.env["MODEL_SEED"] ?? randomInt(2 ** 31));
const path = process.env["MODEL_PATH"];
/** From here on everything must have happened that can. */
const stepsForAll = 3000;

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test(
  "whatever is written, in whatever order and by however many at once, the book is what the model says",
  async () => {
    const tally = new Tally();
    const began = performance.now();
    const log =
      process.env["MODEL_STEPS"] !== undefined ? (line: string) => process.stderr.write(`${line}\n`) : () => undefined;
    const failure = await findFailure(world, { steps, seed, path, shrinkMs: 60_000, log }, tally);
    if (failure !== null) throw new Error(describe(failure));
    log(
      `seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s, ${await world.deadlocks()} deadlocks\n${tally}`,
    );
    if (path !== undefined || steps < 250) return;
    expect(tally.missing("kinds", writeKinds)).toEqual([]);
    expect(tally.missing("modes", modes)).toEqual([]);
    expect(tally.missing("endpoints", endpoints)).toEqual([]);
    if (steps >= stepsForAll) expect(tally.missing("refusals", refusals)).toEqual([]);
  },
  Math.max(300_000, steps * 1000),
);
