import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  createLineSink,
  createLogger,
  describeError,
  type LogFields,
  logLevels,
  renderJson,
} from "../../../src/foundation/logging/index.ts";

function capture(level: (typeof logLevels)[number] = "trace", bindings: LogFields = {}) {
  const lines: string[] = [];
  const nowMs = () => Date.parse("2026-02-03T04:05:06.789Z");
  const sink = createLineSink({ render: renderJson, write: (line) => lines.push(line) });
  return { lines, logger: createLogger({ level, sinks: [sink], nowMs }).child(bindings) };
}

test("a line is one JSON object that begins with timestamp, level and message", () => {
  const { lines, logger } = capture("trace", { service: "footing" });
  logger.child({ request_id: "r-1" }).info("hello", { count: 2, gone: undefined });
  expect(lines).toEqual([
    '{"timestamp":"2026-02-03T04:05:06.789Z","level":"info","message":"hello","count":2,"service":"footing","request_id":"r-1"}',
  ]);
});

test("a level writes itself and what is above it", () => {
  for (const [index, level] of logLevels.entries()) {
    const { lines, logger } = capture(level);
    for (const each of logLevels) logger[each](each);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(logLevels.slice(index));
    expect(logLevels.filter((each) => logger.isEnabled(each))).toEqual(logLevels.slice(index));
  }
});

test("no field can take the place of timestamp, level or message", () => {
  const { lines, logger } = capture("trace", { level: "fatal" });
  logger.info("real", { message: "forged", timestamp: "forged" });
  expect(JSON.parse(lines[0] ?? "")).toEqual({ timestamp: "2026-02-03T04:05:06.789Z", level: "info", message: "real" });
});

test("no value makes logging throw or lose the line, and the other fields survive", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const hostile: unknown[] = [
    cycle,
    10n,
    Symbol("s"),
    () => 1,
    Number.NaN,
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
    {
      get bad() {
        throw new Error("no");
      },
    },
    {
      toJSON: () => {
        throw new Error("no");
      },
    },
    Object.assign(new Error("x"), { cause: cycle }),
    new Date(Number.NaN),
  ];
  for (const value of hostile) {
    const { lines, logger } = capture();
    logger.info("m", { value, good: 1 });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "m", good: 1 });
  }
  const { lines, logger } = capture();
  logger.info(
    "m",
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
  );
  expect(JSON.parse(lines[0] ?? "").message).toBe("m");
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true }),
      (value) => {
        const fuzz = capture();
        fuzz.logger.info("m", { value });
        expect(JSON.parse(fuzz.lines[0] ?? "").message).toBe("m");
      },
    ),
  );
});

test("a line stays one line in any terminal: control characters and line breaks are escaped", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", maxLength: 1 }),
    fc.constantFrom("\n", "\u001b", "\u007f", "\u009b", "\u2028"),
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const { lines, logger } = capture();
      logger.info(text, { [text]: text });
      expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(JSON.parse(lines[0] ?? "").message).toBe(
        text.toWellFormed() === text ? text : JSON.parse(JSON.stringify(text)),
      );
    }),
  );
});

test("an error is described with its causes, to a bounded depth", () => {
  const root = new RangeError("root");
  const described = describeError(new Error("top", { cause: new TypeError("middle", { cause: root }) }));
  expect(described).toMatchObject({
    type: "Error",
    message: "top",
    cause: { type: "TypeError", cause: { message: "root" } },
  });
  expect(described.stack).toContain("logger.test.ts");
  const endless = new Error("again");
  endless.cause = endless;
  expect(JSON.stringify(describeError(endless)).split('"again"').length - 1).toBe(8);
  const many = new AggregateError([new Error("one"), "two"], "both");
  expect(describeError(many).errors?.map((error) => error.message)).toEqual(["one", "two"]);
});

test("a database error shows neither its message nor the head of its stack", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const secret = `secret-${text}`;
      const wrapper = Object.assign(new Error(`Failed query: select $1\nparams: ${secret}`), {
        query: "select $1",
        params: [secret],
      });
      const described = JSON.stringify(describeError(wrapper));
      expect(described).toContain("select $1");
      expect(described).not.toContain(JSON.stringify(secret).slice(1, -1));
    }),
  );
});
