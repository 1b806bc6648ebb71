import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatTimeNs, parseMoment, parseRange, parseTimeNs } from "../../../scripts/debug/time.ts";

const nowMs = Date.UTC(2026, 10, 25, 12, 0, 0);
const iso = (text: string, zone = "Europe/Berlin") => new Date(parseMoment(text, nowMs, zone)).toISOString();

test("a moment is so long ago, or a date with an offset, a zone's name, or in the machine's zone", () => {
  expect(iso("now")).toBe("2026-11-25T12:00:00.000Z");
  expect(iso("90s")).toBe("2026-11-25T11:58:30.000Z");
  expect(iso("15m")).toBe("2026-11-25T11:45:00.000Z");
  expect(iso("2h")).toBe("2026-11-25T10:00:00.000Z");
  expect(iso("3d")).toBe("2026-11-22T12:00:00.000Z");
  expect(iso("1w")).toBe("2026-11-18T12:00:00.000Z");
  expect(iso("2026-11-25T07:00Z")).toBe("2026-11-25T07:00:00.000Z");
  expect(iso("2026-11-25T07:00:00.25+05:30")).toBe("2026-11-25T01:30:00.250Z");
  expect(iso("2026-07-01 07:00 America/New_York")).toBe("2026-07-01T11:00:00.000Z");
  expect(iso("2026-07-01 07:00")).toBe("2026-07-01T05:00:00.000Z");
  expect(iso("2026-11-25")).toBe("2026-11-24T23:00:00.000Z");
});

test("anything else is refused: no such date, hour or zone, and an hour that a clock change leaves out or has twice", () => {
  const wrong = ["", "yesterday", "-5m", "5", "2026-02-30", "2026-11-25T25:00Z", "2026-11-25 07:00 Mars/Base"];
  for (const text of [...wrong, "2026-03-29 02:30", "2026-10-25 02:30"])
    expect(() => iso(text)).toThrow("no such time");
});

test("a range that is empty is refused", () => {
  expect(parseRange({ since: "1h", until: "now" }, nowMs)).toEqual({ sinceMs: nowMs - 3_600_000, untilMs: nowMs });
  expect(() => parseRange({ since: "1h", until: "2h" }, nowMs)).toThrow("is not before");
});

test("nanoseconds survive being written and read", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (timeNs) => {
      expect(parseTimeNs(formatTimeNs(timeNs))).toBe(timeNs);
    }),
  );
});
