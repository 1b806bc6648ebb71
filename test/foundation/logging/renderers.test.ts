import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  createLineSink,
  createLogger,
  createPeopleRenderer,
  setUpLogging,
  wantsColour,
} from "../../../src/foundation/logging/index.ts";
import { renderBoth, timeMs } from "./support/capture-lines.ts";

function peopleLines(colour: boolean): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const sink = createLineSink({ render: createPeopleRenderer({ colour }), write: (line) => lines.push(line) });
  return { lines, logger: createLogger({ level: "trace", sinks: [sink], nowMs: () => timeMs }) };
}

test("AC12.2.1 lines for people are aligned: time, level and message in columns, then the fields", () => {
  const { lines, logger } = peopleLines(false);
  logger.info("request", { status: 200, path: "/health" });
  logger.error("the pool is exhausted", { text: "two words", list: [1, "a"], empty: "" });
  logger.warn("alone");
  expect(lines).toEqual([
    "04:05:06.789 INFO  request                          status=200 path=/health",
    '04:05:06.789 ERROR the pool is exhausted            text="two words" list=[1,"a"] empty=""',
    "04:05:06.789 WARN  alone",
  ]);
});

test("AC12.2.1 colours stand around time, level, message and names, and nothing else differs", () => {
  const [plain, coloured] = [peopleLines(false), peopleLines(true)];
  for (const { logger } of [plain, coloured]) {
    logger.info("request", { status: 200 });
    logger.fatal("down", { error: new Error("why") });
  }
  expect(coloured.lines[0]).toContain("\u001b[32mINFO \u001b[0m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is taken away.
  const stripped = coloured.lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/g, ""));
  expect(stripped[0]).toBe(plain.lines[0] ?? "");
  expect(stripped[1]).toContain("FATAL down");
});

test("AC12.2.1 colours are for a terminal alone, and not where NO_COLOR is set", () => {
  expect(wantsColour({ isTerminal: true, noColor: undefined })).toBe(true);
  expect(wantsColour({ isTerminal: true, noColor: "" })).toBe(true);
  expect(wantsColour({ isTerminal: true, noColor: "1" })).toBe(false);
  expect(wantsColour({ isTerminal: false, noColor: undefined })).toBe(false);
});

test("AC12.2.1 a person sees an error's stack, and its causes', on lines of their own behind a bar", () => {
  const { lines, logger } = peopleLines(false);
  logger.error("failed", { error: new Error("outer", { cause: new TypeError("inner") }) });
  const [first, ...rest] = (lines[0] ?? "").split("\n");
  expect(first).toContain("failed");
  expect(first).toContain('"type":"TypeError","message":"inner"');
  expect(rest.every((line) => line.startsWith("    │ "))).toBe(true);
  expect(rest.filter((line) => line.includes("renderers.test.ts")).length).toBeGreaterThan(1);
});

test("AC12.15.1 logging set up in debug mode writes lines for people", () => {
  const lines: string[] = [];
  const logger = setUpLogging({ level: "debug", debug: true, write: (line) => lines.push(line) });
  logger.debug("hello", { n: 1 });
  logger.trace("not this");
  expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} DEBUG hello {28}n=1$/)]);
});

test("AC12.15.2 logging set up in production mode writes one JSON object a line", () => {
  const lines: string[] = [];
  const logger = setUpLogging({ level: "info", debug: false, write: (line) => lines.push(line) });
  logger.info("hello\nthere", { n: 1, error: new Error("x\ny") });
  logger.debug("not this");
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", message: "hello\nthere", n: 1 });
});

test("AC12.2.2 what production writes is one JSON object a line, whatever was logged", () => {
  const lines: string[] = [];
  const logger = setUpLogging({ level: "trace", debug: false, write: (line) => lines.push(line) });
  for (const text of ["", "two\nlines", "\r\n", "\u2028", '"quoted"', "\ud800"]) {
    logger.warn(text, { [text]: text, list: [text, { text }] });
  }
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    expect(line).not.toMatch(/[\n\r\u2028]/);
    expect(Object.keys(JSON.parse(line)).slice(0, 3)).toEqual(["timestamp", "level", "message"]);
  }
});

test("AC12.2.2 a record's time is its own, to the millisecond, in ISO 8601 UTC", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      const lines: string[] = [];
      const sink = createLineSink({
        render: (record) => `${record.timeMs}`,
        write: (line) => lines.push(line),
      });
      createLogger({ level: "info", sinks: [sink], nowMs: () => ms }).info("x");
      expect(lines).toEqual([String(ms)]);
      const { json } = renderAt(ms);
      expect(JSON.parse(json).timestamp).toBe(new Date(ms).toISOString());
    }),
  );
});

function renderAt(ms: number): { json: string } {
  const lines: string[] = [];
  const logger = setUpLogging({ level: "info", debug: false, write: (line) => lines.push(line), nowMs: () => ms });
  logger.info("x");
  return { json: lines[0] ?? "" };
}

test("control characters and changes of direction neither forge a line nor drive a terminal, in either renderer", () => {
  const controls = ["\n", "\r", "\u0000", "\u001b[2J", "\u009b31m", "\u007f", "\u0085", "\u2028", "\u202e", "\u2066"];
  const unsafe = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...controls), fc.string({ unit: "binary", maxLength: 3 }))),
      (parts) => {
        const text = parts.join("");
        const { json, people } = renderBoth((logger) =>
          logger.info(text, { [`k${text}`]: text, list: [{ [text]: text }] }),
        );
        expect(json).not.toMatch(unsafe);
        expect(people).not.toMatch(unsafe);
        expect(JSON.parse(json).message).toBe(JSON.parse(JSON.stringify(text)));
      },
    ),
    { numRuns: 200 },
  );
  const forged = new Error("x\n04:05:06.789 INFO  forged");
  const { people } = renderBoth((logger) => logger.error("m", { error: forged }));
  expect(people.split("\n").filter((line) => line.startsWith("04:05"))).toHaveLength(1);
}, 30_000);
