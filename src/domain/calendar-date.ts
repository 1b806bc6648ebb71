/**
 * Days of the proleptic Gregorian calendar as "YYYY-MM-DD", from 0001-01-01 to 9999-12-31: no time, no zone, no clock.
 * Such texts sort as the days do. PostgreSQL's `date` holds every one of them.
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 full-date
 */

/** The first and the last day there are. */
export const CALENDAR_DATE_MIN = "0001-01-01";
export const CALENDAR_DATE_MAX = "9999-12-31";

const DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a day that exists, written in full: "2024-02-29" is one, "2026-02-29" and "2026-2-1" are not. */
export function isCalendarDate(text: string): boolean {
  if (!DATE_PATTERN.test(text)) return false;
  const { year, month, day } = partsOf(text);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/**
 * The day before; null before the first.
 * @throws RangeError when `date` is no calendar date: a fault of the program.
 */
export function dayBefore(date: string): string | null {
  assertCalendarDate(date);
  if (date === CALENDAR_DATE_MIN) return null;
  const { year, month, day } = partsOf(date);
  if (day > 1) return format(year, month, day - 1);
  if (month > 1) return format(year, month - 1, daysIn(year, month - 1));
  return format(year - 1, 12, 31);
}

/**
 * The day after; null after the last.
 * @throws RangeError when `date` is no calendar date: a fault of the program.
 */
export function dayAfter(date: string): string | null {
  assertCalendarDate(date);
  if (date === CALENDAR_DATE_MAX) return null;
  const { year, month, day } = partsOf(date);
  if (day < daysIn(year, month)) return format(year, month, day + 1);
  if (month < 12) return format(year, month + 1, 1);
  return format(year + 1, 1, 1);
}

function assertCalendarDate(date: string): void {
  if (!isCalendarDate(date)) throw new RangeError(`not a calendar date: ${JSON.stringify(date.slice(0, 100))}`);
}

function partsOf(date: string): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function format(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
