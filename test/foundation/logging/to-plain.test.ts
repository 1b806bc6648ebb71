import { expect, test } from "bun:test";
import Big from "big.js";
import fc from "fast-check";
import { v7 as uuidV7 } from "uuid";
import { logBounds } from "../../../src/foundation/logging/index.ts";
import { captureLines, renderBoth } from "./support/capture-lines.ts";

const lineBytesMax = 63_000;

function logged(value: unknown): unknown {
  const { logger, last } = captureLines();
  logger.info("m", { value });
  return last()["value"];
}

function throwing(): never {
  throw new Error("hostile");
}

test("FT.LOG.1 UUIDs, bigints, dates, decimals, maps, sets, binary data and nested values can be logged as they are", () => {
  const id = uuidV7();
  const cases: readonly (readonly [unknown, unknown])[] = [
    [id, id],
    [123n, "123"],
    [-(2n ** 70n), "-1180591620717411303424"],
    [new Date("2026-02-03T04:05:06.789Z"), "2026-02-03T04:05:06.789Z"],
    [new Date(Number.NaN), "[invalid date]"],
    [new Big("12345678901234567890.123456789"), "12345678901234567890.123456789"],
    [
      new Map<unknown, unknown>([
        ["a", 1n],
        [2, new Set(["x", "y"])],
      ]),
      { a: "1", 2: ["x", "y"] },
    ],
    [new Uint8Array(16), "[16 bytes]"],
    [new URL("https://example.com/a"), "https://example.com/a"],
    [new Headers({ accept: "text/plain" }), { accept: "text/plain" }],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [Symbol("s"), "Symbol(s)"],
    [function named() {}, "[function named]"],
    [
      [1, undefined, null],
      [1, null, null],
    ],
    [{ a: { b: [new Date(0)] }, gone: undefined }, { a: { b: ["1970-01-01T00:00:00.000Z"] } }],
    [/x+/g, "/x+/g"],
  ];
  for (const [value, expected] of cases) expect(logged(value)).toEqual(expected);
});

test("FT.LOG.1 an error has its type, message, stack and causes, wherever in a value it stands", () => {
  const error = new RangeError("outer", { cause: new AggregateError([new TypeError("one"), "two"], "both") });
  for (const value of [error, { deep: [error] }, new Map([["e", error]])]) {
    const text = JSON.stringify(logged(value));
    for (const part of [
      "RangeError",
      "outer",
      "to-plain.test.ts",
      "AggregateError",
      "both",
      "TypeError",
      "one",
      "two",
    ]) {
      expect(text).toContain(part);
    }
  }
});

test("FT.LOG.1 a cycle ends where it closes, and the same value twice is no cycle", () => {
  const cycle: Record<string, unknown> = { n: 1 };
  cycle["self"] = [cycle];
  expect(logged(cycle)).toEqual({ n: 1, self: ["[circular]"] });
  const twice = { n: 1 };
  expect(logged({ a: twice, b: twice })).toEqual({ a: { n: 1 }, b: { n: 1 } });
  const error = new Error("again");
  error.cause = error;
  expect(JSON.stringify(logged(error))).toContain("again");
});

test("what throws when it is read is said to be unreadable, and everything around it is there", () => {
  const hostile = {
    before: 1,
    get bad(): unknown {
      return throwing();
    },
    json: { toJSON: throwing },
    proxy: new Proxy({}, { ownKeys: throwing, get: throwing }),
    revoked: (() => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    })(),
    named: Object.defineProperty(() => 1, "name", { get: throwing }),
    error: Object.defineProperty(new Error("x"), "message", { get: throwing }),
    after: 2,
  };
  for (const read of [logged(hostile), logged([hostile])]) {
    const text = JSON.stringify(read);
    expect(text).toContain('"before":1');
    expect(text).toContain('"bad":"[unreadable]","json":"[unreadable]"');
    expect(text).toContain('"named":"[function]"');
    expect(text).toContain('"after":2');
  }
});

test("what is larger than a line may hold is cut, and says how much is missing", () => {
  expect(logged("word ".repeat(400_000))).toMatch(/^(?:word )+…\[\d+ more\]$/);
  expect(String(logged("x".repeat(2 ** 20))).length).toBeLessThanOrEqual(logBounds.textLengthMax + 20);
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
  expect(Object.keys(logged(wide) as object)).toHaveLength(logBounds.itemsMax + 1);
  expect(logged(wide)).toMatchObject({ k0: 0, log_cut: "99900 more fields" });
  expect((logged(Array.from({ length: 100_000 }, (_, index) => index)) as unknown[]).at(-1)).toBe("[99900 more]");
  expect(logged(2n ** 4_000_000n)).toBe("[a bigint of more than 2,048 bits]");
  const { logger, last } = captureLines();
  logger.info("m", wide);
  expect(last()).toMatchObject({ message: "m", k0: 0, log_cut: "99872 more fields" });
  let deep: unknown = "bottom";
  for (let level = 0; level < 10_000; level += 1) deep = { deep };
  expect(JSON.stringify(logged(deep))).toContain("[too deep]");
  let broad: unknown = "bottom";
  for (let level = 0; level < 8; level += 1) broad = Array.from({ length: 50 }, () => broad);
  expect(JSON.stringify(logged(broad)).length).toBeLessThan(lineBytesMax);
});

test("FT.LOG.2 a secret that the cut of a long text would split goes as a whole", () => {
  for (const secret of [
    "4111 1111 1111 1111",
    "4111111111111111",
    "DE89 3704 0044 0532 0130 00",
    "ghp_0123456789abcdefghij",
  ]) {
    for (let shown = 4; shown <= secret.length; shown += 1) {
      const text = `${"x ".repeat(logBounds.textLengthMax).slice(0, logBounds.textLengthMax - shown - 1)} ${secret} and more`;
      expect(logged(text)).not.toContain(secret.slice(0, 4));
    }
  }
});

test("one parseable line within its bound for every value there may be, in both renderers", () => {
  const nasty = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 5 }),
    fc.anything({ withNullPrototype: true, withSparseArray: true, withUnicodeString: true, withObjectString: true }),
    fc.nat({ max: 300_000 }).map((length) => "\u0000".repeat(length)),
    fc.nat({ max: 300_000 }).map((length) => "😀é\u202e".repeat(length / 4)),
    fc.string({ unit: "binary" }).map((text) => new Error(text, { cause: { text } })),
    fc.constantFrom(
      { toJSON: throwing },
      new Proxy({}, { ownKeys: throwing }),
      new Proxy([], { get: throwing }),
      new Proxy(new Map(), {}),
      Object.create({ inherited: 1 }),
      new WeakMap(),
      Promise.resolve(),
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.dictionary(fc.string({ unit: "binary" }), nasty),
      (message, fields) => {
        const { json, people } = renderBoth((logger) => logger.info(message, fields));
        expect(json).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(JSON.parse(json)).toMatchObject({ level: "info", timestamp: "2026-02-03T04:05:06.789Z" });
        expect(new TextEncoder().encode(json).length).toBeLessThanOrEqual(lineBytesMax);
        expect(people.startsWith("04:05:06.789 INFO ")).toBe(true);
        expect(people.replaceAll("\n    │ ", "")).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      },
    ),
    { numRuns: 150 },
  );
}, 30_000);
