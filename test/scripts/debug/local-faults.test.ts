import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { createLocalSource } from "../../../scripts/debug/local/local-source.ts";
import { readLines } from "../../../scripts/debug/local/read-lines.ts";
import { withScratchDirectory } from "../../support/scratch-directory.ts";
import { apiLine, hexId, otlpLine, requestLine } from "./support/log-file.ts";

const t0 = Date.UTC(2026, 10, 25, 7);
const always = { sinceMs: 0, untilMs: 8e15 };

async function readAll(path: string) {
  const lines: { text: string | null; number: number; isOpen: boolean }[] = [];
  for await (const some of readLines(path)) lines.push(...some);
  return lines;
}

test("lines are read as they are across the pieces that a file comes in, and numbered", () => {
  const repeats = fc.record({ text: fc.constantFrom("", "a", "日", "\r", "é"), times: fc.nat(600_000) });
  return withScratchDirectory((directory) =>
    fc.assert(
      fc.asyncProperty(fc.array(repeats, { maxLength: 6 }), async (parts) => {
        const path = join(directory, "lines");
        const lines = parts.map(({ text, times }) => text.repeat(times));
        await Bun.write(path, lines.map((line) => `${line}\n`).join(""));
        const read = await readAll(path);
        expect(read.map(({ text }) => text?.length)).toEqual(lines.map((line) => line.length));
        expect(read.every(({ text }, index) => text === lines[index])).toBe(true);
        expect(read.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
      }),
      { numRuns: 25 },
    ),
  );
});

test("what cannot be read is passed over and counted, and what is around it is found", () =>
  withScratchDirectory(async (directory) => {
    const path = join(directory, "api.log");
    const parts = [
      requestLine(1, t0, { error_id: "A" }),
      '{"timestamp":"2026-11-25T07:00:00Z","level":"info","mess',
      `{"message":"${"x".repeat(3_000_000)}"}`,
      "",
      '"text"',
      '{"resourceLogs":[]}',
      "[".repeat(1_000_000),
      `{"timestamp":"2026-11-25T07:00:00Z","message":"deep","a":${"[".repeat(400_000)}${"]".repeat(400_000)}}`,
      `{"resourceSpans":[{"scopeSpans":${"[".repeat(400_000)}${"]".repeat(400_000)}}]}`,
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz"},null,7]}]}]}',
      '{"timestamp":"yesterday","level":"info","message":"no time"}',
      requestLine(2, t0, { error_id: "A" }),
      '{"timestamp":"2026-11-25T0',
    ];
    await Bun.write(path, parts.join("\n"));
    const source = createLocalSource([path]);
    expect((await source.listLogs({}, always, 10)).map(({ attributes }) => attributes["request_id"])).toEqual([
      "req-1",
      "req-2",
    ]);
    expect(source.notes()).toEqual([
      `${path}: passed over 3 that cannot be read as JSON`,
      `${path}: passed over 1 at the end that are cut off`,
      `${path}: passed over 1 longer than 2 MiB`,
      `${path}: passed over 1 with a span that has no ids or times`,
      `${path}: passed over 3 that are neither a log line nor spans`,
    ]);
  }));

test("a last line without its end counts when it is whole", () =>
  withScratchDirectory(async (directory) => {
    const path = join(directory, "api.log");
    await Bun.write(path, requestLine(1, t0));
    const source = createLocalSource([path]);
    expect(await source.listLogs({}, always, 10)).toHaveLength(1);
    expect(source.notes()).toEqual([]);
  }));

const valid = [
  requestLine(1, t0, { error: { type: "E", cause: { a: [1, { b: null }] } } }),
  otlpLine([{ trace: 1, id: 1, fromMs: t0, forMs: 5 }]),
  apiLine(t0, { trace_id: hexId(1, 16), __proto__: { x: 1 } }),
];

const anyJson = fc.jsonValue({ maxDepth: 4 });
/** Right names, any values. */
const misfit = fc.record(
  {
    timestamp: fc.oneof(anyJson, fc.constant("2026-11-25T07:00:00.5Z")),
    level: anyJson,
    message: fc.oneof(fc.constant("request"), anyJson),
    trace_id: anyJson,
    duration_ms: anyJson,
    error_id: anyJson,
    resourceSpans: anyJson,
  },
  { requiredKeys: [] },
);
const otlpMisfit = fc.record({
  traceId: fc.oneof(fc.constant(hexId(1, 16)), anyJson),
  spanId: fc.oneof(fc.constant(hexId(1, 8)), anyJson),
  kind: anyJson,
  name: anyJson,
  startTimeUnixNano: fc.oneof(fc.constant("5"), fc.nat(), fc.double(), anyJson),
  endTimeUnixNano: fc.oneof(fc.constant("7"), fc.nat(), fc.double(), anyJson),
  status: anyJson,
  events: fc.oneof(anyJson, fc.array(fc.record({ name: anyJson, timeUnixNano: anyJson, attributes: anyJson }))),
  links: anyJson,
  attributes: fc.oneof(
    anyJson,
    fc.array(
      fc.record({
        key: anyJson,
        value: fc.oneof(
          anyJson,
          fc.record({ intValue: anyJson }),
          fc.record({ kvlistValue: fc.record({ values: anyJson }) }),
        ),
      }),
    ),
  ),
});
const brokenLine = fc.oneof(
  fc.tuple(fc.constantFrom(...valid), fc.nat()).map(([line, at]) => line.slice(0, at % line.length)),
  fc
    .tuple(fc.constantFrom(...valid), fc.nat(), fc.string({ unit: "binary", maxLength: 3 }))
    .map(([line, at, more]) => line.slice(0, at % line.length) + more + line.slice(at % line.length)),
  misfit.map((value) => JSON.stringify(value)),
  otlpMisfit.map((span) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })),
);

test("no content of a file makes any answer fail", () =>
  withScratchDirectory((directory) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(brokenLine, { maxLength: 20 }),
        fc.uint8Array({ maxLength: 30 }),
        async (lines, bytes) => {
          const path = join(directory, "api.log");
          await Bun.write(path, Buffer.concat([Buffer.from(lines.join("\n")), bytes, Buffer.from(`\n${valid[0]}\n`)]));
          const source = createLocalSource([path]);
          const trace = await source.findTrace(hexId(1, 16), always);
          expect(trace?.logs.length).toBeGreaterThan(0);
          expect(await source.findTraceIdOfRequest("req-1", always)).toBe(hexId(1, 16));
          await source.listLogs({ level: "info" }, always, 5);
          await source.listErrors(always);
        },
      ),
      { numRuns: 150 },
    ),
  ));
