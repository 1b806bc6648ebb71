import { type LogLevel, logLevels } from "../../../src/foundation/logging/index.ts";
import type { LogFilters, LogLine, TimeRange } from "../model.ts";
import { DebugError } from "../outcome.ts";
import { toNs } from "../time.ts";

/**
 * Whether a line is asked for: as SigNoz tells it, in the range, of this level or a graver one, with `search` in its
 * message in any case, everything else equal.
 * @throws DebugError (usage) for a condition in SigNoz's own language, and for a level that there is none of
 */
export function createLogFilter(filters: LogFilters, range: TimeRange): (line: LogLine) => boolean {
  if (filters.where !== undefined) {
    throw new DebugError("usage", "--where is SigNoz's own language: files cannot answer it", "use the other filters");
  }
  const { level, service, traceId, search } = filters;
  const isGrave = level === undefined ? () => true : atLeast(level);
  const isInRange = createRangeFilter(range);
  const fields = fieldsOf(filters);
  const sought = search?.toLowerCase();
  return (line) =>
    isInRange(line.timeNs) &&
    isGrave(line.level) &&
    (service === undefined || line.serviceName === service) &&
    (traceId === undefined || line.traceId === traceId.toLowerCase()) &&
    (sought === undefined || line.message.toLowerCase().includes(sought)) &&
    fields.every(([names, value]) => names.some((name) => String(line.attributes[name]) === value));
}

/** From `sinceMs` to before `untilMs`. */
export function createRangeFilter({ sinceMs, untilMs }: TimeRange): (timeNs: bigint) => boolean {
  const [since, until] = [toNs(sinceMs), toNs(untilMs)];
  return (timeNs) => timeNs >= since && timeNs < until;
}

/** Texts that stand in every line which has this value; null where JSON may write it in several ways. */
export function marksOf(value: string | undefined): readonly string[] | null {
  if (value === undefined || !/^[\w.:@=+-]+$/.test(value)) return null;
  return [value];
}

/** As `marksOf`, of an id that may be written in either case. */
export const marksOfHex = (id: string): readonly string[] => [id.toLowerCase(), id.toUpperCase()];

function fieldsOf({ environment, route, user, errorId, requestId }: LogFilters) {
  const fields: readonly (readonly [readonly string[], string | undefined])[] = [
    [["deployment.environment.name", "deployment.environment"], environment],
    [["http.route"], route],
    [["user.id"], user],
    [["error_id"], errorId],
    [["request_id"], requestId],
  ];
  return fields.filter(([, value]) => value !== undefined);
}

function atLeast(level: string): (level: string) => boolean {
  const levels: readonly string[] = logLevels;
  const from = levels.indexOf(level.toLowerCase() as LogLevel);
  if (from < 0) throw new DebugError("usage", `no such level: ${level}`, `one of ${levels.join(", ")}`);
  const wanted = new Set(levels.slice(from));
  return (each) => wanted.has(each);
}
