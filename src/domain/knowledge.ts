/**
 * Points of knowledge: up to where the records of a book are looked at, whatever days they are about. A time is for
 * people; a token is what an answer says of itself, and stands for exactly what had been committed then.
 */
import { isCalendarDate } from "./calendar-date.ts";

/** What had been committed, as a transaction saw it. */
export interface Seen {
  /** What PostgreSQL writes of a `pg_snapshot`. */
  readonly snapshot: string;
  /** Whose transactions' ids those are: 10 hexadecimal digits. Elsewhere they mean others. */
  readonly era: string;
}

/** Known is what had been committed (null: by now) and says that it was recorded by then (null: whenever); one is not null. */
export type Knowledge =
  | { readonly at: Date; readonly snapshot: null; readonly era: null }
  | ({ readonly at: Date | null } & Seen);

const TIME_PATTERN =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const TOKEN_PATTERN = /^kn_([A-Za-z0-9_-]{1,4000})$/;
const SEEN_PATTERN = /^([0-9a-f]{10}) ([\d:,]+)(?: (-?\d{1,15}))?$/;
const SNAPSHOT_PATTERN = /^([1-9]\d{0,18}):([1-9]\d{0,18}):((?:[1-9]\d{0,18}(?:,[1-9]\d{0,18})*)?)$/;
/** The largest id that PostgreSQL's snapshots hold. */
const XID_MAX = 2n ** 63n - 1n;

/**
 * Reads a time with its zone (RFC 3339, to the millisecond) or a token of {@link formatKnowledge}; null when it is neither.
 */
export function parseKnowledge(text: string): Knowledge | null {
  const [, date] = TIME_PATTERN.exec(text) ?? [];
  if (date !== undefined) {
    const at = isCalendarDate(date) ? toTime(new Date(text)) : null;
    return at === null ? null : { at, snapshot: null, era: null };
  }
  const [, token] = TOKEN_PATTERN.exec(text) ?? [];
  const [, era, snapshot, ms] = SEEN_PATTERN.exec((token === undefined ? null : decode(token)) ?? "") ?? [];
  if (era === undefined || snapshot === undefined || !isSnapshot(snapshot)) return null;
  const at = ms === undefined ? null : toTime(new Date(Number(ms)));
  return ms !== undefined && at === null ? null : { at, snapshot, era };
}

/** The token of what was seen and (null: whenever) recorded by then. It is readable, not signed: it grants nothing. */
export function formatKnowledge({ era, snapshot, at }: Seen & { readonly at: Date | null }): string {
  const text = `${era} ${snapshot}${at === null ? "" : ` ${at.getTime()}`}`;
  return `kn_${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Whether what a snapshot saw may have been seen by another: it is no newer. */
export function isWithinSnapshot(snapshot: string, other: string): boolean {
  const endOf = (text: string) => BigInt(text.split(":")[1] ?? "0");
  return endOf(snapshot) <= endOf(other);
}

/** A zone's offset may lead out of the years that there are. */
function toTime(at: Date): Date | null {
  const year = at.getUTCFullYear();
  return year >= 1 && year <= 9999 ? at : null;
}

function decode(token: string): string | null {
  try {
    return atob(token.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}

/** Whether PostgreSQL takes the text: what was running lies in order between the first running and the first to come. */
function isSnapshot(text: string): boolean {
  const [, first, end, others = ""] = SNAPSHOT_PATTERN.exec(text) ?? [];
  if (first === undefined || end === undefined) return false;
  const [xmin, xmax] = [BigInt(first), BigInt(end)];
  const running = others === "" ? [] : others.split(",").map(BigInt);
  const inOrder = running.every((xid, index) => xid >= xmin && xid < xmax && xid > (running[index - 1] ?? 0n));
  return xmin <= xmax && xmax <= XID_MAX && inOrder;
}
