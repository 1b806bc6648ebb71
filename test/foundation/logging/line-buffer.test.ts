import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLineBuffer } from "../../../src/foundation/logging/index.ts";

/** An output whose writes end when they are told to. */
function stallable() {
  const taken: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const write = (bytes: Uint8Array): Promise<void> => {
    taken.push(new TextDecoder().decode(bytes));
    const write = Promise.withResolvers<void>();
    waiting.push(write);
    return write.promise;
  };
  return {
    taken,
    write,
    proceed: () => waiting.shift()?.resolve(),
    failNext: (error: Error) => waiting.shift()?.reject(error),
  };
}

const later = (ms = 10) => new Promise((resolve) => setTimeout(resolve, ms));

test("lines that come together are written together, in order, and nothing is written twice", async () => {
  const written: string[] = [];
  const buffer = createLineBuffer({
    write: async (bytes) => void written.push(new TextDecoder().decode(bytes)),
  });
  for (const line of ["one", "two", "drei: ü😀"]) buffer.push(line);
  expect(written).toEqual([]);
  await buffer.flush(1_000);
  expect(written).toEqual(["one\ntwo\ndrei: ü😀\n"]);
  buffer.push("four");
  await later(50);
  expect(written).toEqual(["one\ntwo\ndrei: ü😀\n", "four\n"]);
  await buffer.flush(1_000);
  expect(buffer.droppedLines).toBe(0);
});

test("one write is under way at a time, and what comes meanwhile follows it", async () => {
  const output = stallable();
  const buffer = createLineBuffer({ write: output.write, delayMs: 0 });
  buffer.push("one");
  await later();
  buffer.push("two");
  buffer.push("three");
  await later();
  expect(output.taken).toEqual(["one\n"]);
  expect(buffer.take()).toBeNull();
  output.proceed();
  await later();
  expect(output.taken).toEqual(["one\n", "two\nthree\n"]);
  output.proceed();
});

test("a stalled output holds at most the bound in bytes; what was dropped is counted, and told once when it goes on", async () => {
  const output = stallable();
  const told: number[] = [];
  const bytesMax = 200_000;
  const buffer = createLineBuffer({
    write: output.write,
    bytesMax,
    delayMs: 0,
    onRecovery: (dropped) => {
      told.push(dropped);
      buffer.push(`dropped ${dropped}`);
    },
  });
  buffer.push("first");
  await later();
  for (let index = 0; index < 10_000; index += 1) buffer.push(`ü${"x".repeat(97)}`);
  expect(buffer.droppedLines).toBeGreaterThan(7_900);
  expect(told).toEqual([]);
  output.proceed();
  await later();
  const [, second = ""] = output.taken;
  const said = `dropped ${buffer.droppedLines}\n`;
  expect(second.endsWith(said)).toBe(true);
  const held = new TextEncoder().encode(second).length - said.length;
  expect(held).toBeLessThanOrEqual(bytesMax);
  expect(held).toBeGreaterThan(bytesMax * 0.95);
  expect(told).toEqual([buffer.droppedLines]);
  output.proceed();
  await later();
  expect(told).toHaveLength(1);
});

test("whatever the lines and the bound, what is written is whole lines in order, and they and the dropped are all", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => text.replaceAll("\n", " "))),
      fc.integer({ min: 1, max: 5_000 }),
      async (lines, bytesMax) => {
        const written: string[] = [];
        const buffer = createLineBuffer({
          write: async (bytes) => void written.push(new TextDecoder().decode(bytes)),
          bytesMax,
        });
        for (const line of lines) buffer.push(line);
        await buffer.flush(1_000);
        const kept = written.join("").split("\n").slice(0, -1);
        expect(kept.length + buffer.droppedLines).toBe(lines.length);
        let from = 0;
        for (const line of kept) {
          const at = lines.map((each) => each.toWellFormed()).indexOf(line, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      },
    ),
  );
});

test("a flush gives up when its time is over, and the lines still come", async () => {
  const output = stallable();
  const buffer = createLineBuffer({ write: output.write });
  buffer.push("one");
  await buffer.flush(5);
  expect(output.taken).toEqual(["one\n"]);
  buffer.push("two");
  const flushed = buffer.flush(10_000);
  output.proceed();
  await later();
  output.proceed();
  await flushed;
  expect(output.taken).toEqual(["one\n", "two\n"]);
});

test("an output that fails is told once; from then on lines are counted as dropped, and nobody waits", async () => {
  const output = stallable();
  const failures: unknown[] = [];
  const buffer = createLineBuffer({ write: output.write, delayMs: 0, onFailure: (error) => failures.push(error) });
  buffer.push("one");
  await later();
  buffer.push("two");
  output.failNext(new Error("EPIPE"));
  await later();
  buffer.push("three");
  await buffer.flush(10_000);
  expect(failures).toEqual([new Error("EPIPE")]);
  expect(output.taken).toEqual(["one\n"]);
  expect(buffer.droppedLines).toBe(2);
});

test("what waits as the process ends can be taken and written at once", () => {
  const buffer = createLineBuffer({ write: async () => undefined });
  buffer.push("last words");
  expect(new TextDecoder().decode(buffer.take() ?? new Uint8Array())).toBe("last words\n");
  expect(buffer.take()).toBeNull();
});
