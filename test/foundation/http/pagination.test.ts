import { expect, test } from "bun:test";
import { z } from "@hono/zod-openapi";
import fc from "fast-check";
import { BaseAppError } from "../../../src/foundation/errors/index.ts";
import { cursorOf, listSchema, pageQuery, parseCursor, toPage } from "../../../src/foundation/http/pagination.ts";

const keysSchema = z.tuple([z.string(), z.number()]);
const scope = { purpose: "entries", filters: { from: "2026-01-01", tag: "été" } };

function refusalOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof BaseAppError ? [error.errorId, error.fields.map((field) => field.pointer)] : error;
  }
  return "accepted";
}

const refused = ["VALIDATION_FAILED", ["/query/cursor"]];

test("a cursor gives back the keys it was made of, whatever they contain", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer(), (text, number) => {
      const cursor = cursorOf(scope, [text, number]);
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(parseCursor(cursor, scope, keysSchema)).toEqual([text, number]);
    }),
  );
});

test("a cursor holds whatever the order of the filters and the page size", () => {
  const cursor = cursorOf(scope, ["a", 1]);
  const same = { purpose: "entries", filters: { tag: "été", limit: 5, cursor, to: undefined, from: "2026-01-01" } };
  expect(parseCursor(cursor, same, keysSchema)).toEqual(["a", 1]);
});

test("a cursor of another list or other filters is refused", () => {
  const cursor = cursorOf(scope, ["a", 1]);
  for (const other of [
    { ...scope, purpose: "prices" },
    { ...scope, filters: { from: "2026-01-02", tag: "été" } },
    { ...scope, filters: { from: "2026-01-01" } },
    { ...scope, filters: { ...scope.filters, to: "2026-02-01" } },
  ]) {
    expect(refusalOf(() => parseCursor(cursor, other, keysSchema))).toEqual(refused);
  }
});

test("no text but a cursor of this scope is accepted, and none is an unexpected error", () => {
  const base64 = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, "");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue().map(base64)), (text) => {
      expect(refusalOf(() => parseCursor(text, scope, keysSchema))).toEqual(refused);
    }),
  );
  expect(refusalOf(() => parseCursor(cursorOf(scope, [1, "a"]), scope, keysSchema))).toEqual(refused);
});

test("limit is a whole number from 1 to 200 in plain digits, and 50 by default", () => {
  expect(pageQuery.parse({})).toEqual({ limit: 50 });
  for (let limit = 1; limit <= 200; limit++) expect(pageQuery.parse({ limit: String(limit) }).limit).toBe(limit);
  for (const limit of ["0", "201", "-1", "1.5", "", " 1", "1e2", "0x10", "010", "٣"]) {
    expect(pageQuery.safeParse({ limit }).success).toBe(false);
  }
  expect(pageQuery.safeParse({ limit: "1", offset: "2" }).success).toBe(false);
});

test("pages of any size cover every row once, in order", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (total, limit) => {
      const seen: number[] = [];
      let after = -1;
      for (;;) {
        const rows = Array.from({ length: total }, (_, row) => row).filter((row) => row > after);
        const page = toPage(rows.slice(0, limit + 1), limit, String);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        if (page.next_cursor === null) break;
        after = Number(page.next_cursor);
      }
      expect(seen).toEqual(Array.from({ length: total }, (_, row) => row));
    }),
  );
});

test("the list schema takes items and a cursor or null, and nothing else", () => {
  const schema = listSchema(z.string());
  expect(schema.safeParse({ items: ["a"], next_cursor: null }).success).toBe(true);
  expect(schema.safeParse({ items: ["a"] }).success).toBe(false);
  expect(schema.safeParse({ items: [], next_cursor: null, total: 0 }).success).toBe(false);
});
