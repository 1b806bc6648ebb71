import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  CALENDAR_DATE_MAX,
  CALENDAR_DATE_MIN,
  dayAfter,
  dayBefore,
  isCalendarDate,
} from "../../src/domain/calendar-date.ts";

const DAY_MS = 86_400_000;
const FIRST = Date.parse("0001-01-01T00:00:00Z") / DAY_MS;
const LAST = Date.parse("9999-12-31T00:00:00Z") / DAY_MS;

/** The day by the platform's own calendar, counted from 1970-01-01. */
const isoOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
const days = fc.integer({ min: FIRST, max: LAST });

test("every day there is, is a date, and its neighbours are the platform's", () => {
  fc.assert(
    fc.property(days, (day) => {
      expect(isCalendarDate(isoOf(day))).toBe(true);
      expect(dayBefore(isoOf(day))).toBe(day === FIRST ? null : isoOf(day - 1));
      expect(dayAfter(isoOf(day))).toBe(day === LAST ? null : isoOf(day + 1));
    }),
  );
});

test("walks every day of a leap cycle, both ways", () => {
  let date: string | null = "1999-12-31";
  for (let day = Date.parse(date) / DAY_MS; day < Date.parse("2101-01-02") / DAY_MS; day++) {
    expect(date).toBe(isoOf(day));
    const next: string | null = dayAfter(date ?? "");
    expect(dayBefore(next ?? "")).toBe(date);
    date = next;
  }
});

test("a date that the platform has none of is none", () => {
  const fields = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.nat(14), fc.nat(33));
  fc.assert(
    fc.property(fields, ([year, month, day]) => {
      const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
      const time = Date.parse(`${text}T00:00:00Z`);
      const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
      expect(isCalendarDate(text)).toBe(exists);
    }),
  );
});

test.each(["2024-02-29", "2000-02-29", CALENDAR_DATE_MIN, CALENDAR_DATE_MAX])("%p is a date", (text) => {
  expect(isCalendarDate(text)).toBe(true);
});

test.each([
  "2026-02-29",
  "1900-02-29",
  "2026-04-31",
  "2026-00-01",
  "2026-13-01",
  "2026-01-00",
  "2026-01-32",
  "0000-12-31",
  "10000-01-01",
  "2026-2-1",
  "20260201",
  "2026/02/01",
  "2026-02-01T00:00:00Z",
  " 2026-02-01",
  "2026-02-01\n",
  "-2026-02-01",
  "+2026-02-01",
  "２０２６-02-01",
  "today",
  "",
])("%p is not a date", (text) => {
  expect(isCalendarDate(text)).toBe(false);
  expect(() => dayBefore(text)).toThrow(RangeError);
  expect(() => dayAfter(text)).toThrow(RangeError);
});

test("there is no day before the first or after the last", () => {
  expect(dayBefore(CALENDAR_DATE_MIN)).toBeNull();
  expect(dayAfter(CALENDAR_DATE_MAX)).toBeNull();
});
