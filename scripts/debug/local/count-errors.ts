import type { ErrorGroup, LogLine, TimeRange } from "../model.ts";
import { toMs } from "../time.ts";

/** How many steps a range is cut into. */
const bucketsOfRange = 24;
/** What is beyond them is not told apart any more. */
export const GROUPS_MAX = 10_000;

interface Group extends ErrorGroup {
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
  sampleTraceId: string | null;
  readonly buckets: number[];
}

/** Counts lines that carry an error id, by it and their route; the trace of the last that has one is the sample. */
export function createErrorCounter({ sinceMs, untilMs }: TimeRange) {
  const groups = new Map<string, Group>();
  let uncounted = 0;
  return {
    add({ attributes, timeNs, traceId }: LogLine): void {
      const errorId = attributes["error_id"];
      if (typeof errorId !== "string" || errorId === "") return;
      const route = String(attributes["http.route"] ?? "");
      const timeMs = toMs(timeNs);
      const key = JSON.stringify([errorId, route]);
      const group = groups.get(key) ?? newGroup(errorId, route, timeMs);
      if (!groups.has(key) && groups.size >= GROUPS_MAX) {
        uncounted += 1;
        return;
      }
      groups.set(key, group);
      const bucket = Math.floor(((timeMs - sinceMs) / (untilMs - sinceMs)) * bucketsOfRange);
      group.buckets[bucket] = (group.buckets[bucket] ?? 0) + 1;
      group.count += 1;
      if (timeMs >= group.lastSeenMs) group.sampleTraceId = traceId ?? group.sampleTraceId;
      group.firstSeenMs = Math.min(group.firstSeenMs, timeMs);
      group.lastSeenMs = Math.max(group.lastSeenMs, timeMs);
    },
    /** The commonest first. */
    list: (): readonly ErrorGroup[] => [...groups.values()].toSorted((a, b) => b.count - a.count),
    uncounted: (): number => uncounted,
  };
}

function newGroup(errorId: string, route: string, timeMs: number): Group {
  return {
    errorId,
    route,
    count: 0,
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
    sampleTraceId: null,
    buckets: new Array<number>(bucketsOfRange).fill(0),
  };
}
