import type { SlowEntry, TimeRange } from "../model.ts";
import type { SigNozClient } from "./client.ts";
import { UnknownFieldError } from "./faults.ts";
import { allOf, type Condition, equals, exists } from "./filter.ts";
import { askQueryRange, type BuilderQuery } from "./query.ts";
import { toSpan } from "./rows.ts";
import { rawResult, scalarResult } from "./schemas.ts";

export interface SlowOptions {
  readonly range: TimeRange;
  readonly service: string | undefined;
  /** Of each kind. */
  readonly limit: number;
}

const aggregations = ["p50(duration_nano)", "p95(duration_nano)", "p99(duration_nano)", "count()"].map(
  (expression, index) => ({ expression, alias: `a${index}` }),
);

/** The slowest routes, then the slowest statements; each by its 99th percentile. */
export async function listSlow(client: SigNozClient, options: SlowOptions): Promise<readonly SlowEntry[]> {
  const service = options.service === undefined ? [] : [equals("service.name", options.service)];
  const routes = [equals("kind_string", "Server"), ...service];
  const statements = [equals("kind_string", "Client"), exists("db.system.name"), ...service];
  const slowRoutes = await rank(client, options, { kind: "route", conditions: routes });
  try {
    return [...slowRoutes, ...(await rank(client, options, { kind: "statement", conditions: statements }))];
  } catch (error) {
    // Where no span of a statement has ever come, its fields are unknown, and there are none to rank.
    if (error instanceof UnknownFieldError) return slowRoutes;
    throw error;
  }
}

async function rank(
  client: SigNozClient,
  { range, limit }: SlowOptions,
  { kind, conditions }: { readonly kind: SlowEntry["kind"]; readonly conditions: readonly Condition[] },
): Promise<readonly SlowEntry[]> {
  const query: BuilderQuery = {
    name: kind,
    signal: "traces",
    condition: allOf(conditions),
    aggregations,
    groupBy: [{ name: "name", fieldContext: "span" }],
    order: [{ field: { name: "a2" }, direction: "desc" }],
    limit,
  };
  const results = await askQueryRange(client, { requestType: "scalar", range, queries: [query] }, scalarResult);
  const result = results.get(kind);
  const columns = result?.columns ?? [];
  const nameAt = columns.findIndex(({ columnType }) => columnType === "group");
  const at = aggregations.map((_, index) =>
    columns.findIndex((column) => column.columnType === "aggregation" && column.aggregationIndex === index),
  );
  const rows = (result?.data ?? []).map((cells) => {
    const [p50 = 0, p95 = 0, p99 = 0, count = 0] = at.map((index) => Number(cells[index] ?? 0));
    return {
      kind,
      name: String(cells[nameAt] ?? ""),
      p50Ms: p50 / 1e6,
      p95Ms: p95 / 1e6,
      p99Ms: p99 / 1e6,
      count,
      perSecond: count / ((range.untilMs - range.sinceMs) / 1_000),
    };
  });
  const samples = await findSlowest(client, range, { conditions, names: rows.map(({ name }) => name) });
  return rows.map((row, index) => ({ ...row, sampleTraceId: samples[index] ?? null }));
}

async function findSlowest(
  client: SigNozClient,
  range: TimeRange,
  { conditions, names }: { readonly conditions: readonly Condition[]; readonly names: readonly string[] },
): Promise<readonly (string | null)[]> {
  if (names.length === 0) return [];
  const queries = names.map((name, index): BuilderQuery => {
    const order = [{ field: { name: "duration_nano", fieldContext: "span" }, direction: "desc" }] as const;
    const condition = allOf([...conditions, equals("name", name)]);
    return { name: `slowest${index}`, signal: "traces", condition, order, limit: 1 };
  });
  const results = await askQueryRange(client, { requestType: "raw", range, queries }, rawResult);
  return names.map((_, index) => {
    const row = results.get(`slowest${index}`)?.rows?.[0];
    return row ? toSpan(row).traceId || null : null;
  });
}
