import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatKnowledge, parseKnowledge } from "../../src/domain/knowledge.ts";

const era = "0123456789";

const snapshots = fc
  .tuple(
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 62n }), { maxLength: 20 }),
    fc.bigInt({ min: 1n, max: 2n ** 62n }),
  )
  .map(([xids, extra]) => {
    const running = xids.toSorted((a, b) => (a < b ? -1 : 1));
    const xmin = running[0] ?? extra;
    return `${xmin}:${(running.at(-1) ?? extra) + 1n}:${running.join(",")}`;
  });

test("a snapshot's token is read back as that snapshot", () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(parseKnowledge(formatKnowledge({ era, snapshot, at: null }))).toEqual({ at: null, era, snapshot });
    }),
  );
});

test("a token may have a time as well", () => {
  for (const at of [new Date("2026-03-31T23:59:59.500Z"), new Date("0001-01-01T00:00:00Z")]) {
    const seen = { era, snapshot: "10:20:11", at };
    expect(parseKnowledge(formatKnowledge(seen))).toEqual(seen);
  }
  expect(parseKnowledge(formatKnowledge({ era, snapshot: "10:20:11", at: new Date(-8.64e15) }))).toBeNull();
});

test.each(["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])(
  "%p, which is in no year that there is, is no point of knowledge",
  (text) => {
    expect(parseKnowledge(text)).toBeNull();
  },
);

test.each([
  "10:9:",
  "10:20:20",
  "10:20:9",
  "10:20:12,11",
  "10:20:11,11",
  "0:1:",
  "10:20",
  "10:20:11,",
  "9223372036854775808:9223372036854775808:",
  "x",
])("a token of %p, which PostgreSQL would refuse, is no point of knowledge", (snapshot) => {
  expect(parseKnowledge(formatKnowledge({ era, snapshot, at: null }))).toBeNull();
});

test("a time is read with its zone", () => {
  for (const [text, iso] of [
    ["2026-03-31T23:59:59Z", "2026-03-31T23:59:59.000Z"],
    ["2026-04-01T01:59:59.5+02:00", "2026-03-31T23:59:59.500Z"],
  ] as const) {
    expect(parseKnowledge(text)).toEqual({ at: new Date(iso), snapshot: null, era: null });
  }
});

test.each([
  "2026-03-31",
  "2026-03-31T23:59:59",
  "2026-02-30T00:00:00Z",
  "2026-03-31T24:00:00Z",
  "2026-03-31T23:59:60Z",
  "now",
  "",
  "kn_",
  "kn_%%",
])("%p is no point of knowledge", (text) => {
  expect(parseKnowledge(text)).toBeNull();
});
