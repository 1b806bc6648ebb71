import { expect, test } from "bun:test";
import fc from "fast-check";
import { createGate, GateFullError } from "../../../src/foundation/auth/index.ts";

test("callers begin in the order of asking, never more at once than allowed, and each gets its own outcome", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 20 }),
      async (concurrency, jobs) => {
        const gate = createGate({ concurrency, waitingMax: 20 });
        const begun: number[] = [];
        let running = 0;
        const outcomes = await Promise.allSettled(
          jobs.map(({ turns, fails }, index) =>
            gate(async () => {
              begun.push(index);
              running += 1;
              expect(running).toBeLessThanOrEqual(concurrency);
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              running -= 1;
              if (fails) throw new Error(`job ${index}`);
              return index;
            }),
          ),
        );
        expect(begun).toEqual(jobs.map((_, index) => index));
        const said = outcomes.map((o) => (o.status === "fulfilled" ? o.value : (o.reason as Error).message));
        expect(said).toEqual(jobs.map(({ fails }, index) => (fails ? `job ${index}` : index)));
      },
    ),
  );
});

test("refuses at once when the queue is full, and lets callers in again once it has emptied", async () => {
  const gate = createGate({ concurrency: 1, waitingMax: 1 });
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const first = gate(() => opened);
  const second = gate(async () => "second");
  let began = false;
  const refused = gate(async () => {
    began = true;
  });
  await expect(refused).rejects.toBeInstanceOf(GateFullError);
  open();
  await first;
  expect(await second).toBe("second");
  expect(await gate(async () => "third")).toBe("third");
  expect(began).toBe(false);
});
