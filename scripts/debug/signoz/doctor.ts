import type { TimeRange } from "../model.ts";
import { DebugError, type Outcome } from "../outcome.ts";
import { toMs } from "../time.ts";
import type { SigNozClient } from "./client.ts";
import { RouteMissingError, UnknownFieldError } from "./faults.ts";
import { allOf, equals } from "./filter.ts";
import { askQueryRange, type BuilderQuery, findVersion } from "./query.ts";
import { toLogLine, toSpan } from "./rows.ts";
import { rawResult, timeSeriesResult } from "./schemas.ts";
import { listSeries } from "./series.ts";

export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  readonly detail: string;
  /** What to do about it; null where nothing is to be done. What is found may need it too. */
  readonly remedy: string | null;
}

/** As far apart as clocks may be before times mislead. */
const skewMsMax = 2_000;
const lookBackMs = 7 * 86_400_000;
/** What every service of this kind counts. */
const METRIC = "http.server.request.duration.count";

/** Looks at one thing after the other; what needs a server that is not there is not looked at. */
export async function* examine(client: SigNozClient, service: string): AsyncGenerator<Check> {
  const version = await attempt("version", () => checkVersion(client));
  yield version;
  if (version.outcome !== "found") return;
  yield await attempt("clock", () => checkClock(client));
  const key = await attempt("key", () => checkKey(client));
  yield key;
  if (key.outcome !== "found") return;
  for (const signal of ["traces", "logs", "metrics"] as const) {
    yield await attempt(signal, () => checkSignal(client, signal, service));
  }
}

type Finding = Omit<Check, "name">;

async function attempt(name: string, look: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return { name, outcome: error.outcome, detail: error.message, remedy: error.remedy };
  }
}

const fine = (detail: string): Finding => ({ outcome: "found", detail, remedy: null });

async function checkVersion(client: SigNozClient): Promise<Finding> {
  const version = await findVersion(client);
  if (version !== null) return fine(`SigNoz ${version} at ${client.base}`);
  return {
    outcome: "unreachable",
    detail: `${client.base} answers, and is no SigNoz`,
    remedy: "set SIGNOZ_URL to where SigNoz's pages are, without a path of theirs",
  };
}

async function checkClock(client: SigNozClient): Promise<Finding> {
  const time = await client.findServerTime();
  if (time === null) return fine("the server does not tell its time");
  const seconds = (time.skewMs / 1_000).toFixed(1);
  if (Math.abs(time.skewMs) - time.uncertaintyMs <= skewMsMax) return fine(`this clock and the server's agree`);
  return {
    outcome: "found",
    detail: `the server's clock is ${seconds} s from this one`,
    remedy: "set the clocks by NTP; until then widen --since and --until by as much",
  };
}

async function checkKey(client: SigNozClient): Promise<Finding> {
  const query: BuilderQuery = { name: "key", signal: "logs", condition: allOf([]), limit: 1 };
  const nowMs = Date.now();
  const range = { sinceMs: nowMs - 60_000, untilMs: nowMs };
  await askQueryRange(client, { requestType: "raw", range, queries: [query] }, rawResult);
  return fine("accepted");
}

async function checkSignal(
  client: SigNozClient,
  signal: "traces" | "logs" | "metrics",
  service: string,
): Promise<Finding> {
  const nowMs = Date.now();
  const range = { sinceMs: nowMs - lookBackMs, untilMs: nowMs + skewMsMax };
  const lastMs = await findLast(client, signal, { service, range });
  if (lastMs !== null) return fine(`last seen ${formatAgo(nowMs - lastMs)} ago, from ${service}`);
  return {
    outcome: "nothing",
    detail: `nothing from ${service} in 7 days`,
    remedy: `set OTEL_EXPORTER_OTLP_ENDPOINT where ${service} runs, or name another with --service`,
  };
}

async function findLast(
  client: SigNozClient,
  signal: "traces" | "logs" | "metrics",
  { service, range }: { readonly service: string; readonly range: TimeRange },
): Promise<number | null> {
  const query = { name: "last", signal, condition: allOf([equals("service.name", service)]) } as const;
  try {
    if (signal === "metrics") return await findLastPoint(client, { query, range });
    const order = [{ field: { name: "timestamp" }, direction: "desc" }] as const;
    const asked = { requestType: "raw", range, queries: [{ ...query, order, limit: 1 }] } as const;
    const row = (await askQueryRange(client, asked, rawResult)).get(query.name)?.rows?.[0];
    if (!row) return null;
    return toMs(signal === "logs" ? toLogLine(row).timeNs : toSpan(row).startNs);
  } catch (error) {
    // The server knows no field, and no metric, that no data has arrived with.
    if (error instanceof UnknownFieldError || error instanceof RouteMissingError) return null;
    throw error;
  }
}

async function findLastPoint(
  client: SigNozClient,
  { query, range }: { readonly query: BuilderQuery; readonly range: TimeRange },
): Promise<number | null> {
  const aggregations = [{ metricName: METRIC, timeAggregation: "increase", spaceAggregation: "sum" }];
  const queries = [{ ...query, aggregations, stepSeconds: 300 }];
  const results = await askQueryRange(client, { requestType: "time_series", range, queries }, timeSeriesResult);
  const times = listSeries(results.get(query.name)).flatMap(({ values }) =>
    (values ?? []).map((point) => point.timestamp),
  );
  return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
}

function formatAgo(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
