import { expect, test } from "bun:test";
import fc from "fast-check";
import { jsonDepthMax, scanJson } from "../../../src/foundation/http/json-scanner.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON texts with one edit: most are broken somewhere that a generator of values would not break them. */
const edited = fc
  .tuple(
    fc.json({ stringUnit: "binary" }),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom(...'{}[]",:\\utfn0-+.eE1 \n\u0000\u2028\ud800'),
  )
  .map(
    ([text, at, cut, insert]) =>
      text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + cut),
  );

const jsonish = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"\\u0061"',
      "0",
      "-1.5e+3",
      "01",
      "true",
      "null",
      " ",
      "\t",
      "tru",
      '"\\x"',
    ),
    {
      maxLength: 12,
    },
  )
  .map((tokens) => tokens.join(""));

test("it finds fault with exactly what JSON.parse does, besides what it refuses", () => {
  const check = (text: string) => {
    const { fault } = scanJson(text);
    if (fault === null) expect([text, parses(text)]).toEqual([text, true]);
    else if (fault.kind === "syntax") expect([text, fault.reason, parses(text)]).toEqual([text, fault.reason, false]);
  };
  fc.assert(fc.property(fc.json({ stringUnit: "binary", noUnicodeString: false }), check), { numRuns: 500 });
  fc.assert(fc.property(edited, check), { numRuns: 3_000 });
  fc.assert(fc.property(jsonish, check), { numRuns: 3_000 });
});

test("a value that PostgreSQL can store and that is not too deep passes", () => {
  const storable = fc.jsonValue({ maxDepth: 6, stringUnit: "grapheme" }).filter((value) => {
    const text = JSON.stringify(value);
    return !text.includes("\\u0000") && !text.includes("__proto__") && !/\\ud[89a-f]/i.test(text);
  });
  fc.assert(
    fc.property(storable, fc.constantFrom(0, 2), (value, indent) => {
      expect(scanJson(JSON.stringify(value, null, indent)).fault).toBeNull();
    }),
  );
});

test("a key that comes twice in one object is refused wherever it is and however it is escaped", () => {
  for (const [text, pointer, position] of [
    ['{"a":1,"a":2}', "/a", 7],
    ['{"a":1,"\\u0061":2}', "/a", 7],
    ['[0,{"x":{"b":1,"c":2,"b":3}}]', "/1/x/b", 21],
    ['{"":1,"":2}', "/", 6],
    ['{"é":1,"\\u00e9":1}', "/é", 7],
  ] as const) {
    expect(scanJson(text).fault).toEqual({
      kind: "refused",
      reason: "the object has this key twice",
      pointer,
      position,
    });
  }
  expect(scanJson('{"a":{"a":1},"b":[{"a":1},{"a":2}],"A":1}').fault).toBeNull();
});

test("lone surrogates, U+0000 and __proto__ are refused in keys and values; pairs pass", () => {
  const refused = ['"\\ud800"', '"\\udc00"', '"\\ud800x"', '"\\ud800\\ud800"', '"\\u0000"', '"\ud800"'];
  for (const text of [...refused, ...refused.map((key) => `{${key}:1}`), '{"__proto__":1}', '{"\\u005f_proto__":1}']) {
    expect([text, scanJson(text).fault?.kind]).toEqual([text, "refused"]);
  }
  for (const text of ['"\\ud83d\\ude00"', '"😀"', '"\ud83d\\ude00"', '{"😀":"\\u0001"}', '"__proto__"']) {
    expect([text, scanJson(text).fault]).toEqual([text, null]);
  }
});

test("nesting passes at the limit and is refused one deeper", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(scanJson(nested(jsonDepthMax)).fault).toBeNull();
  expect(scanJson(nested(jsonDepthMax + 1)).fault?.kind).toBe("refused");
  expect(scanJson('{"a":'.repeat(jsonDepthMax + 1)).fault?.kind).toBe("refused");
  expect(scanJson("[".repeat(4_000_000)).fault?.position).toBe(jsonDepthMax);
});

test("the work grows with the length alone, at 4 MiB as at 1 KiB, whatever the text is made of", () => {
  const fill = (unit: string, bytes: number) => unit.repeat(Math.ceil(bytes / unit.length));
  const shapes: Record<string, (bytes: number) => string> = {
    "long string": (bytes) => `"${fill("x", bytes)}"`,
    escapes: (bytes) => `"${fill("\\u00e9\\n", bytes)}"`,
    numbers: (bytes) => `[${fill("123456,", bytes)}0]`,
    spaces: (bytes) => `[${fill(" ", bytes)}0]`,
    "flat keys": (bytes) => `{${Array.from({ length: bytes / 16 }, (_, key) => `"k${key}":0`).join(",")}}`,
    "small objects": (bytes) => `[${fill('{"a":{"b":[1,2]}},', bytes)}0]`,
    "unfinished string": (bytes) => `"${fill("\\\\", bytes)}`,
  };
  for (const [shape, make] of Object.entries(shapes)) {
    for (const bytes of [1_024, 4 * 1_024 * 1_024]) {
      const text = make(bytes);
      const { reads } = scanJson(text);
      expect([shape, reads <= 16 * text.length, reads >= text.length / 2]).toEqual([shape, true, true]);
    }
  }
});

test("it refuses a number that reading would change, and takes every number that JSON.stringify writes", () => {
  for (const text of [
    "12345678901234567890",
    "0.1234567890123456789",
    "1e400",
    "-1e400",
    "1e-400",
    "9007199254740993",
  ]) {
    expect({ text, fault: scanJson(`{"n":${text}}`).fault }).toMatchObject({
      text,
      fault: { kind: "refused", pointer: "/n" },
    });
  }
  for (const text of ["0", "-0", "100.00", "1e3", "1E+3", "0.10", "9007199254740992", "123456789012345680000"]) {
    expect({ text, fault: scanJson(text).fault }).toEqual({ text, fault: null });
  }
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(scanJson(JSON.stringify(number)).fault).toBeNull();
    }),
  );
});
