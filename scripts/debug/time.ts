import type { TimeRange } from "./model.ts";
import { DebugError } from "./outcome.ts";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** What `--since` and `--until` take. */
export const TIME_FORMS =
  '15m, 2h, 3d or 1w ago; now; 2026-11-25T07:00Z; 2026-11-25T07:00+01:00; "2026-11-25 07:00 Europe/Berlin"; without a zone, this machine\'s';

/**
 * Reads a moment: a span of time before `nowMs`, or a date and time with an offset, with a zone's name, or in `zone`.
 * @throws DebugError (usage) for anything else, a date that no calendar has and an unknown zone among it
 */
export function parseMoment(text: string, nowMs: number, zone: string = Temporal.Now.timeZoneId()): number {
  const trimmed = text.trim();
  if (trimmed === "now") return nowMs;
  const ago = /^([0-9]{1,6})(s|m|h|d|w)$/.exec(trimmed);
  if (ago !== null) return nowMs - Number(ago[1]) * unitMs[ago[2] as keyof typeof unitMs];
  try {
    return parseDate(trimmed, zone);
  } catch (error) {
    if (error instanceof RangeError) throw new DebugError("usage", `no such time: ${text}`, `write ${TIME_FORMS}`);
    throw error;
  }
}

function parseDate(text: string, defaultZone: string): number {
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?\s*(Z|[+-]\d{2}:?\d{2}|[A-Za-z]\S+)?$/.exec(
      text,
    );
  if (parts === null) throw new RangeError("not a date");
  const [, date = "", time = "00:00", zone = defaultZone] = parts;
  const timeZone = zone === "Z" ? "UTC" : zone;
  return Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: "reject" }).toZonedDateTime(timeZone, {
    disambiguation: "reject",
  }).epochMilliseconds;
}

/**
 * The range of a command.
 * @throws DebugError (usage) when it is empty
 */
export function parseRange(options: { readonly since: string; readonly until: string }, nowMs: number): TimeRange {
  const range = { sinceMs: parseMoment(options.since, nowMs), untilMs: parseMoment(options.until, nowMs) };
  if (range.sinceMs < range.untilMs) return range;
  throw new DebugError("usage", `--since ${options.since} is not before --until ${options.until}`);
}

/** Nanoseconds of an RFC 3339 time, to the last digit; null when it is none. */
export function parseTimeNs(text: string): bigint | null {
  try {
    return Temporal.Instant.from(text).epochNanoseconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** RFC 3339 in UTC with all nine digits, so that times sort as text. */
export function formatTimeNs(timeNs: bigint): string {
  return Temporal.Instant.fromEpochNanoseconds(timeNs).toString({ fractionalSecondDigits: 9 });
}

export const toNs = (timeMs: number): bigint => BigInt(Math.trunc(timeMs)) * 1_000_000n;
export const toMs = (timeNs: bigint): number => Number(timeNs / 1_000_000n);
