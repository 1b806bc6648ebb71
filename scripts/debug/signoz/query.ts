import { z } from "zod";
import type { TimeRange } from "../model.ts";
import { DebugError } from "../outcome.ts";
import type { SigNozClient } from "./client.ts";
import { RouteMissingError } from "./faults.ts";
import type { Condition } from "./filter.ts";
import { queryAnswer, versionSchema } from "./schemas.ts";

export interface FieldKey {
  readonly name: string;
  readonly fieldContext?: "span" | "log" | "resource" | "attribute";
}

export interface Order {
  readonly field: FieldKey;
  readonly direction: "asc" | "desc";
}

/** One builder query; several go into one request and are told apart by their names. */
export interface BuilderQuery {
  readonly name: string;
  readonly signal: "logs" | "traces" | "metrics";
  readonly condition: Condition;
  readonly order?: readonly Order[];
  readonly limit?: number;
  readonly offset?: number;
  readonly groupBy?: readonly FieldKey[];
  readonly selectFields?: readonly FieldKey[];
  readonly stepSeconds?: number;
  readonly aggregations?: readonly Readonly<Record<string, string>>[];
}

export interface QueryRange {
  readonly requestType: "raw" | "scalar" | "time_series";
  readonly range: TimeRange;
  readonly queries: readonly BuilderQuery[];
}

const path = "api/v5/query_range";

/** What this tool needs of a server, and since when SigNoz has it. */
export const NEEDED = "POST /api/v5/query_range, which SigNoz has since v0.87";

/**
 * Asks; gives a result for each query that has one.
 * @throws DebugError (tooOld) where SigNoz has no such route yet
 */
export async function askQueryRange<T extends { readonly queryName?: string | null | undefined }>(
  client: SigNozClient,
  query: QueryRange,
  result: z.ZodType<T>,
): Promise<ReadonlyMap<string, T>> {
  try {
    const answer = await client.ask({ method: "POST", path, body: toBody(query) }, queryAnswer(result));
    const results = answer.data.data?.results ?? [];
    const [only] = query.queries;
    return new Map(results.map((each) => [each.queryName ?? only?.name ?? "", each]));
  } catch (error) {
    if (error instanceof RouteMissingError) throw await explainMissing(client, error);
    throw error;
  }
}

function toBody({ requestType, range, queries }: QueryRange): unknown {
  return {
    schemaVersion: "v1",
    start: range.sinceMs,
    end: range.untilMs,
    requestType,
    compositeQuery: { queries: queries.map((query) => ({ type: "builder_query", spec: toSpec(query) })) },
  };
}

function toSpec({ condition, order, stepSeconds, ...spec }: BuilderQuery): unknown {
  return {
    ...spec,
    ...(condition === "" ? {} : { filter: { expression: condition } }),
    ...(order === undefined ? {} : { order: order.map(({ field, direction }) => ({ key: field, direction })) }),
    ...(stepSeconds === undefined ? {} : { stepInterval: stepSeconds }),
  };
}

/** Tells a SigNoz that is too old from a server that is none. */
async function explainMissing(client: SigNozClient, missing: RouteMissingError): Promise<DebugError> {
  const version = await findVersion(client);
  if (version === null) return missing;
  return new DebugError("tooOld", `SigNoz ${version} is too old: it lacks ${NEEDED}`, "upgrade SigNoz");
}

/** Null where something else than SigNoz answers. */
export async function findVersion(client: SigNozClient): Promise<string | null> {
  try {
    const answer = await client.ask({ method: "GET", path: "api/v1/version" }, z.union([versionSchema, wrapped]));
    return "version" in answer ? answer.version : answer.data.version;
  } catch (error) {
    const isOther = error instanceof RouteMissingError;
    if (isOther || (error instanceof DebugError && error.outcome === "serverError")) return null;
    throw error;
  }
}

const wrapped = z.object({ data: versionSchema });
