import { expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const script = join(import.meta.dir, "support/log-writer.ts");
const lineCount = 20_000;

function start(ending: string, ...args: readonly (string | number)[]): ChildProcess {
  return spawn(process.execPath, [script, ending, ...args.map(String)], { stdio: ["ignore", "pipe", "pipe"] });
}

function textOf(stream: ChildProcess["stdout"]): Promise<string> {
  if (stream === null) throw new Error("the process has no output");
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return once(stream, "end").then(() => text);
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
}

function parseLines(text: string): Record<string, unknown>[] {
  expect(text.endsWith("\n")).toBe(true);
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
}

function expectAll(lines: readonly Record<string, unknown>[]): void {
  const indices = lines.filter(({ message }) => message === "line").map(({ index }) => index);
  expect(indices).toEqual(Array.from({ length: lineCount }, (_, index) => index));
  expect(lines.at(-1)).toMatchObject({ message: "the end" });
}

for (const [ending, exit, how] of [
  ["natural", 0, "ends by itself"],
  ["exit", 0, "is ended with process.exit"],
  ["caught", 1, "is ended by the handler of an uncaught exception"],
] as const) {
  test(`a process that ${how} has written every line`, async () => {
    const child = start(ending, lineCount);
    const [text, code] = await Promise.all([textOf(child.stdout), exitOf(child)]);
    expect(code).toBe(exit);
    const lines = parseLines(text);
    expectAll(lines);
    const fatal = lines.filter(({ level }) => level === "fatal");
    expect(fatal).toHaveLength(ending === "caught" ? 1 : 0);
  }, 30_000);
}

test("a process that is ended with SIGTERM has written every line", async () => {
  const child = start("signal", lineCount);
  await once(child.stderr as NonNullable<ChildProcess["stderr"]>, "data");
  const text = textOf(child.stdout);
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
  expectAll(parseLines(await text));
}, 30_000);

test("a reader that stalls holds nobody up; afterwards one line says how many were dropped, and all others are whole", async () => {
  const child = start("stalled", lineCount, 500_000);
  // Nobody reads standard output until the process has told that it goes on.
  const [alive] = await once(child.stderr as NonNullable<ChildProcess["stderr"]>, "data");
  expect(String(alive)).toContain("still alive");
  const text = textOf(child.stdout);
  await Bun.sleep(300);
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
  const lines = parseLines(await text);
  const indices = lines.filter(({ message }) => message === "line").map(({ index }) => Number(index));
  expect(indices).toEqual(indices.map((_, index) => index));
  const told = lines.filter(({ dropped_lines }) => dropped_lines !== undefined);
  expect(told).toEqual([expect.objectContaining({ level: "warn", dropped_lines: lineCount - indices.length })]);
  expect(lineCount - indices.length).toBeGreaterThan(0);
}, 30_000);

test("a reader that has gone is told of, once, as the error that it is", async () => {
  const child = start("natural", lineCount);
  child.stdout?.destroy();
  const [errors, code] = await Promise.all([textOf(child.stderr), exitOf(child)]);
  expect({ code, errors }).toEqual({ code: 3, errors: expect.stringMatching(/^failed: EPIPE[^\n]*\n$/) });
}, 30_000);

test("AC12.2.1 in a process whose output is no terminal, lines for people are plain", async () => {
  const child = start("people", 1);
  const [text] = await Promise.all([textOf(child.stdout), exitOf(child)]);
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}line {29}index=0 filler=x+\n.* INFO {2}the end\n$/);
}, 30_000);
