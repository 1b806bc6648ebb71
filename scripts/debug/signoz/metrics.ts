import type { z } from "zod";
import type { TimeRange } from "../model.ts";
import { DebugError } from "../outcome.ts";
import type { SigNozClient } from "./client.ts";
import { RouteMissingError } from "./faults.ts";
import { allOf, rawCondition } from "./filter.ts";
import { askQueryRange } from "./query.ts";
import { metricListAnswer, metricMetadataAnswer, timeSeriesResult } from "./schemas.ts";
import { labelsOf, listSeries, numberOf } from "./series.ts";

export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly timeMs: number; readonly value: number }[];
}

export interface MetricAnswer {
  /** As SigNoz stores it. */
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly unit: string;
  readonly series: readonly MetricSeries[];
}

export interface MetricOptions {
  readonly range: TimeRange;
  readonly groupBy: readonly string[];
  readonly where: string | undefined;
  readonly aggregation: Aggregation | undefined;
  readonly steps: number;
}

export const aggregationNames = [
  "rate",
  "sum",
  "avg",
  "min",
  "max",
  "count",
  "p50",
  "p75",
  "p90",
  "p95",
  "p99",
] as const;
export type Aggregation = (typeof aggregationNames)[number];

type Metadata = z.output<typeof metricMetadataAnswer>["data"];

/**
 * A metric over time. By default a counter as its rate per second, a histogram as its 95th percentile, anything else as
 * its average.
 * @throws DebugError (nothing) where SigNoz has no such metric, with names like it
 */
export async function readMetric(client: SigNozClient, name: string, options: MetricOptions): Promise<MetricAnswer> {
  const { metric, metadata } = await getMetric(client, name);
  const aggregation = options.aggregation ?? usualAggregation(metadata);
  const query = {
    name: "metric",
    signal: "metrics",
    condition: allOf([options.where === undefined ? null : rawCondition(options.where)]),
    aggregations: [{ metricName: metric, ...toAggregation(aggregation) }],
    groupBy: options.groupBy.map((field) => ({ name: field })),
    stepSeconds: Math.max(1, Math.ceil((options.range.untilMs - options.range.sinceMs) / 1_000 / options.steps)),
  } as const;
  const asked = { requestType: "time_series", range: options.range, queries: [query] } as const;
  const result = (await askQueryRange(client, asked, timeSeriesResult)).get(query.name);
  const series = listSeries(result).map((each) => ({
    labels: Object.fromEntries(labelsOf(each)),
    points: (each.values ?? [])
      .flatMap((point) => {
        const value = numberOf(point);
        return value === null ? [] : [{ timeMs: point.timestamp, value }];
      })
      .toSorted((a, b) => a.timeMs - b.timeMs),
  }));
  return { metric, aggregation, unit: metadata.unit ?? "", series };
}

/** A histogram's counts by bucket are stored under a name of their own. */
async function getMetric(client: SigNozClient, name: string): Promise<{ metric: string; metadata: Metadata }> {
  for (const metric of [name, `${name}.bucket`]) {
    const metadata = await findMetadata(client, metric);
    if (metadata !== null) return { metric, metadata };
  }
  const names = await listMetricNames(client, name);
  const like = names.length > 0 ? `did you mean ${names.join(", ")}?` : null;
  throw new DebugError("nothing", `SigNoz has no metric ${name}: none has arrived with that name yet`, like);
}

async function findMetadata(client: SigNozClient, metricName: string): Promise<Metadata | null> {
  const request = { method: "GET", path: "api/v2/metrics/metadata", query: { metricName } } as const;
  try {
    return (await client.ask(request, metricMetadataAnswer)).data;
  } catch (error) {
    if (error instanceof RouteMissingError) throw tooOld("GET /api/v2/metrics/metadata");
    if (error instanceof DebugError && error.outcome === "nothing") return null;
    throw error;
  }
}

/** Names with a part of this one, shortening it until there are some. */
async function listMetricNames(client: SigNozClient, name: string): Promise<readonly string[]> {
  for (let part = name; part !== ""; part = part.slice(0, Math.floor(part.length / 2))) {
    const query = { searchText: part, limit: "5" };
    const { data } = await client.ask({ method: "GET", path: "api/v2/metrics", query }, metricListAnswer);
    const names = (data.metrics ?? []).map(({ metricName }) => metricName);
    if (names.length > 0) return names;
  }
  return [];
}

const tooOld = (route: string): DebugError =>
  new DebugError("tooOld", `this SigNoz is too old for metrics: it lacks ${route}`, "upgrade SigNoz");

function usualAggregation({ type, isMonotonic }: Metadata): Aggregation {
  if (/histogram/.test(type)) return "p95";
  return type === "sum" && isMonotonic !== false ? "rate" : "avg";
}

function toAggregation(aggregation: Aggregation): Readonly<Record<string, string>> {
  if (aggregation.startsWith("p")) return { spaceAggregation: aggregation };
  if (aggregation === "rate") return { timeAggregation: "rate", spaceAggregation: "sum" };
  return { timeAggregation: aggregation, spaceAggregation: aggregation === "count" ? "sum" : aggregation };
}
