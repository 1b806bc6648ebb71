import type { ErrorGroup, TimeRange } from "../model.ts";
import { toMs } from "../time.ts";
import type { SigNozClient } from "./client.ts";
import { allOf, type Condition, equals, exists, isAbsent } from "./filter.ts";
import { askQueryRange, type BuilderQuery, type Order } from "./query.ts";
import { toLogLine } from "./rows.ts";
import { rawResult, timeSeriesResult } from "./schemas.ts";
import { labelsOf, listSeries, numberOf } from "./series.ts";

/** How many steps a range is cut into, for the sparkline. */
const buckets = 24;
/** As many of the commonest groups are told of, and asked for in one request. */
const [groupsMax, groupsAtOnce] = [100, 10];

interface Group {
  readonly errorId: string;
  readonly route: string;
  readonly counts: readonly number[];
}

/**
 * Errors by id and route, the commonest first. Counted by the server in equal steps, whatever their number; when each
 * was seen first and last, and where, is read from its own lines.
 */
export async function listErrorGroups(
  client: SigNozClient,
  range: TimeRange,
  service: string | undefined,
): Promise<readonly ErrorGroup[]> {
  const scope = service === undefined ? [] : [equals("service.name", service)];
  const groups = await countGroups(client, range, scope);
  const found: ErrorGroup[] = [];
  for (let at = 0; at < groups.length; at += groupsAtOnce) {
    found.push(...(await readEnds(client, range, { scope, groups: groups.slice(at, at + groupsAtOnce) })));
  }
  return found;
}

async function countGroups(
  client: SigNozClient,
  range: TimeRange,
  scope: readonly Condition[],
): Promise<readonly Group[]> {
  const stepSeconds = Math.max(1, Math.ceil((range.untilMs - range.sinceMs) / 1_000 / buckets));
  const query: BuilderQuery = {
    name: "errors",
    signal: "logs",
    condition: allOf([exists("error_id"), ...scope]),
    aggregations: [{ expression: "count()", alias: "count" }],
    groupBy: [{ name: "error_id" }, { name: "http.route" }],
    order: [{ field: { name: "count" }, direction: "desc" }],
    limit: groupsMax,
    stepSeconds,
  };
  const results = await askQueryRange(
    client,
    { requestType: "time_series", range, queries: [query] },
    timeSeriesResult,
  );
  return listSeries(results.get(query.name))
    .map((series) => {
      const labels = labelsOf(series);
      const counts: number[] = new Array(buckets).fill(0);
      for (const point of series.values ?? []) {
        const at = Math.floor((point.timestamp - range.sinceMs) / (stepSeconds * 1_000));
        const bucket = Math.min(Math.max(at, 0), buckets - 1);
        counts[bucket] = (counts[bucket] ?? 0) + (numberOf(point) ?? 0);
      }
      return { errorId: labels.get("error_id") ?? "", route: labels.get("http.route") ?? "", counts };
    })
    .toSorted((a, b) => sum(b.counts) - sum(a.counts));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

async function readEnds(
  client: SigNozClient,
  range: TimeRange,
  { scope, groups }: { readonly scope: readonly Condition[]; readonly groups: readonly Group[] },
): Promise<readonly ErrorGroup[]> {
  const queries = groups.flatMap(({ errorId, route }, index) => {
    const routed = route === "" ? isAbsent("http.route") : equals("http.route", route);
    const condition = allOf([equals("error_id", errorId), routed, ...scope]);
    return (["asc", "desc"] as const).map((direction): BuilderQuery => {
      const order: Order = { field: { name: "timestamp", fieldContext: "log" }, direction };
      return { name: `${direction}${index}`, signal: "logs", condition, order: [order], limit: 1 };
    });
  });
  const results = await askQueryRange(client, { requestType: "raw", range, queries }, rawResult);
  const lineOf = (name: string) => {
    const row = results.get(name)?.rows?.[0];
    return row ? toLogLine(row) : null;
  };
  return groups.map(({ errorId, route, counts }, index) => {
    const [first, last] = [lineOf(`asc${index}`), lineOf(`desc${index}`)];
    return {
      errorId,
      route,
      count: sum(counts),
      firstSeenMs: first === null ? range.sinceMs : toMs(first.timeNs),
      lastSeenMs: last === null ? range.untilMs : toMs(last.timeNs),
      sampleTraceId: last?.traceId ?? first?.traceId ?? null,
      buckets: counts,
    };
  });
}
