/** Looks for a run in which the application and the model differ, and shrinks it. */
import fc from "fast-check";
import { runs, type Step } from "./dice.ts";
import { Run } from "./run.ts";
import type { World } from "./session.ts";
import { Tally } from "./tally.ts";

export interface SearchOptions {
  /** At least so many steps are done. */
  readonly steps: number;
  readonly seed: number;
  /** Of a failure that is to be repeated. */
  readonly path?: string | undefined;
  /** How long a failure may be shrunk. */
  readonly shrinkMs: number;
  readonly log?: (line: string) => void;
}

export interface Failure {
  readonly seed: number;
  readonly path: string;
  /** Of the run in which it was found, and of the one that is left of it. */
  readonly foundIn: number;
  readonly steps: number;
  readonly message: string;
  readonly history: readonly string[];
}

const runsAtOnce = 4;

/** Null where nothing differs. */
export async function findFailure(world: World, options: SearchOptions, tally = new Tally()): Promise<Failure | null> {
  for (let seed = options.seed; tally.steps < options.steps; seed += 1) {
    const failure = await search(world, { ...options, seed }, tally);
    if (failure !== null) return failure;
    options.log?.(`seed ${seed}: ${tally.steps} steps, ${tally.queries} queries, no difference`);
  }
  return null;
}

async function search(world: World, { seed, path, shrinkMs }: SearchOptions, tally: Tally): Promise<Failure | null> {
  let last: Omit<Failure, "seed" | "path"> | null = null;
  let since: number | null = null;
  let foundIn = 0;
  const follow = async (steps: Step[]) => {
    if (since !== null && performance.now() - since > shrinkMs) return;
    const run = await Run.begin(world, since === null ? tally : new Tally());
    try {
      await run.follow(steps);
    } catch (error) {
      if (since === null) foundIn = steps.length;
      since ??= performance.now();
      last = { foundIn, steps: steps.length, message: String(error), history: run.history };
      throw error;
    }
  };
  const details = await fc.check(fc.asyncProperty(runs, follow), {
    ...{ seed, numRuns: path === undefined ? runsAtOnce : 1 },
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed) return null;
  if (last === null) throw details.errorInstance ?? new Error("the search failed before its first step");
  return { seed, path: details.counterexamplePath ?? "", ...(last as Omit<Failure, "seed" | "path">) };
}

/** For people: what differed, the shrunk run, and how to have it again. */
export function describe({ seed, path, foundIn, steps, message, history }: Failure): string {
  return [
    `The application and the model differ after ${steps} steps, shrunk from ${foundIn}.`,
    message,
    "What was sent:",
    ...history,
    `Again: MODEL_SEED=${seed} MODEL_PATH=${path} bun test test/model`,
  ].join("\n");
}
