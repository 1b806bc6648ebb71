import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DebugError } from "../../../../scripts/debug/outcome.ts";
import { allOf, contains, equals, logCondition, rawCondition } from "../../../../scripts/debug/signoz/filter.ts";
import { matches, parseFilter } from "../support/filter-language.ts";

/** What people and attackers put into an id or a search: any text, with the language's own marks more often than not. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom("'", '"', "\\", "(", ")", "%", "_", " OR ", " AND ", "1=1", "$x", "\n", "\0", "a", "EXISTS", "]"),
    )
    .map((parts) => parts.join("")),
);

describe("no value changes the query", () => {
  test("a value is one comparison with exactly that value, whatever it is", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        expect(parseFilter(equals("request_id", value))).toEqual({
          kind: "compare",
          key: "request_id",
          operator: "=",
          values: [value],
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test("each filter of a listing stays one condition, and all of them must hold", () => {
    const filters = fc.record({
      service: anyText,
      user: anyText,
      errorId: anyText,
      requestId: anyText,
      search: anyText,
    });
    fc.assert(
      fc.property(filters, (given) => {
        const parsed = parseFilter(logCondition(given));
        expect(parsed).toMatchObject({ kind: "and", parts: { length: 5 } });
        const values = parsed.kind === "and" ? parsed.parts.slice(0, 4) : [];
        expect(values.map((part) => part.kind === "compare" && part.values[0])).toEqual([
          given.service,
          given.user,
          given.errorId,
          given.requestId,
        ]);
      }),
    );
  });

  test("a search finds the text and nothing that only looks like it to LIKE", () => {
    const finds = (search: string, body: string) => matches(parseFilter(contains("body", search)), () => body);
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, search, after) => {
        expect(finds(search, `${before}${search}${after}`)).toBe(true);
      }),
    );
    expect(finds("100%", "1000")).toBe(false);
    expect(finds("a_b", "axb")).toBe(false);
    expect(finds("a\\b", "A\\B")).toBe(true);
  });
});

describe("a condition of the user's own", () => {
  test("stands in parentheses, so that it binds no looser than it was meant", () => {
    const condition = logCondition({ service: "a", where: "x = 1 OR y = 2" });
    expect(parseFilter(condition)).toMatchObject({ kind: "and", parts: [{ key: "service.name" }, { kind: "or" }] });
  });

  test("that would reach beyond itself is refused", () => {
    for (const text of ["a = 1) OR (b = 2", "(a = 1", "a = 'x", "a = \"it's", "a = 'x\\'", "", "  ", ")("]) {
      expect(() => rawCondition(text)).toThrow(DebugError);
    }
    for (const text of ["a = 'x)'", '(a = 1) AND (b = "(")', "a = 'it\\'s'"]) {
      expect(parseFilter(allOf([rawCondition(text)]))).toEqual(parseFilter(text));
    }
  });
});

test("a level asks for the graver ones too, as any sender writes them", () => {
  const parsed = parseFilter(logCondition({ level: "error" }));
  const isFound = (level: string) => matches(parsed, () => level);
  expect(["error", "ERROR", "FATAL", "warn", "INFO"].map(isFound)).toEqual([true, true, true, false, false]);
  expect(() => logCondition({ level: "loud" })).toThrow("no such level");
});
