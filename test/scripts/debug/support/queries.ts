import { BadQuery, type Row, rawRowOf, type Signal, type Store } from "./store.ts";

export interface Spec {
  readonly name: string;
  readonly signal: Signal;
  readonly filter?: { readonly expression: string };
  readonly order?: readonly { readonly key: { readonly name: string }; readonly direction: "asc" | "desc" }[];
  readonly limit?: number;
  readonly offset?: number;
  readonly groupBy?: readonly { readonly name: string }[];
  readonly selectFields?: readonly { readonly name: string }[];
  readonly stepInterval?: number;
  readonly aggregations?: readonly {
    readonly expression?: string;
    readonly alias?: string;
    readonly metricName?: string;
  }[];
}

export interface RangeQuery {
  readonly start: number;
  readonly end: number;
  readonly requestType: "raw" | "scalar" | "time_series";
  readonly compositeQuery: { readonly queries: readonly { readonly spec: Spec }[] };
}

const limitMax = 10_000;

function rowsOf(store: Store, { start, end }: RangeQuery, spec: Spec): readonly Row[] {
  if (spec.signal === "metrics") throw new BadQuery("metrics have no rows");
  if ((spec.limit ?? 0) > limitMax) throw new BadQuery(`limit exceeds maximum allowed value of ${limitMax}`);
  const expression = spec.filter?.expression ?? "";
  return store.find(spec.signal, { startMs: start, endMs: end, expression });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "string" || typeof b === "string") return String(a) < String(b) ? -1 : Number(String(a) > String(b));
  const [left, right] = [a as number | bigint, b as number | bigint];
  return left < right ? -1 : Number(left > right);
}

/** Rows, or null where there are none, as SigNoz has it. Servers of before send few columns unless they are asked. */
export function answerRaw(store: Store, query: RangeQuery, spec: Spec, sendsFew: boolean): unknown {
  const { order = [], offset = 0, limit = 100, selectFields = [] } = spec;
  const sorted = rowsOf(store, query, spec).toSorted((a, b) => {
    for (const { key, direction } of order) {
      const least = compare(a.fields.get(key.name), b.fields.get(key.name));
      if (least !== 0) return direction === "asc" ? least : -least;
    }
    return 0;
  });
  const few = ["timestamp", "trace_id", "span_id", "name", "duration_nano"];
  const named = selectFields.length > 0 ? [...few, ...selectFields.map(({ name }) => name)] : few;
  const isCut = spec.signal === "traces" && (sendsFew || selectFields.length > 0);
  const rows = sorted.slice(offset, offset + limit).map((row) => {
    const whole = rawRowOf(row);
    if (!isCut) return whole;
    return { ...whole, data: Object.fromEntries(Object.entries(whole.data).filter(([name]) => named.includes(name))) };
  });
  return { queryName: spec.name, nextCursor: "", rows: rows.length === 0 ? null : rows };
}

function groupsOf(rows: readonly Row[], groupBy: Spec["groupBy"] = []): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, ({ fields }) => JSON.stringify(groupBy.map(({ name }) => String(fields.get(name) ?? ""))));
}

function aggregate(rows: readonly Row[], expression: string): number {
  if (expression === "count()") return rows.length;
  const [, percentile = "", field = ""] = /^p(50|75|90|95|99)\((\w+)\)$/.exec(expression) ?? [];
  if (field === "") throw new BadQuery(`unknown aggregation ${expression}`);
  const sorted = rows.map(({ fields }) => Number(fields.get(field))).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * Number(percentile)) / 100))] ?? 0;
}

export function answerScalar(store: Store, query: RangeQuery, spec: Spec): unknown {
  const { groupBy = [], aggregations = [], signal, name: queryName } = spec;
  store.assertKnown(
    signal,
    groupBy.map(({ name }) => name),
  );
  const orderedBy = aggregations.findIndex(({ alias }) => alias === spec.order?.[0]?.key.name);
  const data = [...groupsOf(rowsOf(store, query, spec), groupBy)]
    .map(([key, rows]) => ({
      group: JSON.parse(key) as string[],
      values: aggregations.map(({ expression = "" }) => aggregate(rows, expression)),
    }))
    .toSorted((a, b) => (b.values[orderedBy] ?? 0) - (a.values[orderedBy] ?? 0))
    .slice(0, spec.limit ?? 100)
    .map(({ group, values }) => [...group, ...values]);
  const columns = [
    ...groupBy.map(({ name }) => ({ name, queryName, signal, columnType: "group", aggregationIndex: 0 })),
    ...aggregations.map((_, index) => ({
      name: `__result_${index}`,
      queryName,
      columnType: "aggregation",
      aggregationIndex: index,
    })),
  ];
  return { queryName, columns, data };
}

export function answerTimeSeries(store: Store, query: RangeQuery, spec: Spec): unknown {
  const stepMs = (spec.stepInterval ?? 60) * 1_000;
  const groupBy = spec.groupBy ?? [];
  const series = spec.signal === "metrics" ? metricSeries(store, query, spec) : countSeries(store, query, spec);
  return {
    queryName: spec.name,
    aggregations: [
      {
        index: 0,
        alias: "__result_0",
        meta: {},
        series: series.map(({ group, points }) => ({
          labels: groupBy.map(({ name }, index) => ({ key: { name }, value: group[index] ?? "" })),
          values: [...Map.groupBy(points, ({ timeMs }) => Math.floor(timeMs / stepMs) * stepMs)]
            .map(([timestamp, each]) => ({ timestamp, value: each.reduce((sum, { value }) => sum + value, 0) }))
            .toSorted((a, b) => a.timestamp - b.timestamp),
        })),
      },
    ],
  };
}

interface Grouped {
  readonly group: readonly string[];
  readonly points: readonly { readonly timeMs: number; readonly value: number }[];
}

function countSeries(store: Store, query: RangeQuery, spec: Spec): readonly Grouped[] {
  store.assertKnown(
    spec.signal,
    (spec.groupBy ?? []).map(({ name }) => name),
  );
  return [...groupsOf(rowsOf(store, query, spec), spec.groupBy)].map(([key, rows]) => ({
    group: JSON.parse(key) as string[],
    points: rows.map(({ timeNs }) => ({ timeMs: Number(timeNs / 1_000_000n), value: 1 })),
  }));
}

function metricSeries(store: Store, { start, end }: RangeQuery, spec: Spec): readonly Grouped[] {
  const metric = store.metrics.get(spec.aggregations?.[0]?.metricName ?? "");
  if (metric === undefined) return [];
  const isMatch = store.condition("metrics", spec.filter?.expression ?? "");
  const points = metric.points.filter(
    ({ timeMs, labels }) => timeMs >= start && timeMs < end && isMatch((key) => labels[key]),
  );
  const groups = Map.groupBy(points, ({ labels }) =>
    JSON.stringify((spec.groupBy ?? []).map(({ name }) => labels[name] ?? "")),
  );
  return [...groups].map(([key, each]) => ({ group: JSON.parse(key) as string[], points: each }));
}
