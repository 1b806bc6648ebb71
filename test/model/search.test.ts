/** That the search can fail: with a rule broken in the database it finds it, shrinks it and has it again. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { superuserUrl } from "../support/database.ts";
import { describe, findFailure } from "./search.ts";
import { createWorld, type TestWorld } from "./world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Rewrites a function of the ledger as a mistake would have it. */
async function plant(name: string, right: string, wrong: string): Promise<void> {
  const superuser = postgres(await superuserUrl(world.app.database.name), { max: 1, fetch_types: false });
  const [row] = await superuser<{ text: string }[]>`select pg_get_functiondef(${name}::regproc) as text`;
  expect(row?.text).toContain(right);
  await superuser.unsafe((row?.text ?? "").replace(right, wrong));
  await superuser.end();
}

test("a day's total that forgets what was credited before is found, shrunk and found again by its seed", async () => {
  await plant("ledger.add_to_totals", "credit = t.credit + excluded.credit", "credit = excluded.credit");
  const first = await findFailure(world, { steps: 1000, seed: 7, shrinkMs: 10_000 });
  if (first === null) throw new Error("nothing was found");
  expect(first.steps).toBeLessThan(first.foundIn);
  expect(describe(first)).toContain(`MODEL_SEED=${first.seed} MODEL_PATH=${first.path}`);
  const again = await findFailure(world, { steps: 1, seed: first.seed, path: first.path, shrinkMs: 0 });
  expect(again?.steps).toBe(first.steps);
}, 120_000);
