import type { Span } from "../../../../scripts/debug/model.ts";
import { findContract } from "./contract.ts";
import { CUT, LiveTails } from "./live-tails.ts";
import { answerRaw, answerScalar, answerTimeSeries, type RangeQuery } from "./queries.ts";
import { BadQuery, type Signal, Store } from "./store.ts";
import type { Telemetry } from "./telemetry.ts";

export interface FakeOptions {
  readonly version?: string;
  /** Routes that this SigNoz does not have, by the beginning of their path. */
  readonly lacks?: readonly string[];
  /** Sends few columns of a span unless it is asked for more, as older servers do. */
  readonly sendsFewColumns?: boolean;
  /** The waterfall keeps spans beyond this back. */
  readonly waterfallMax?: number;
}

/** Takes a request before the fake does: for faults. Null lets it through. */
export type Intercept = (request: Request, url: URL) => Response | Promise<Response> | null;

export interface FakeSigNoz {
  readonly url: string;
  readonly apiKey: string;
  feed(telemetry: Telemetry): void;
  /** Requests that came, as `METHOD /path`. */
  readonly requests: readonly string[];
  /** What the published contract has against requests and answers so far. */
  readonly faults: readonly string[];
  intercept(intercept: Intercept | null): void;
  /** Ends every stream, as a proxy in between might. */
  cutStreams(): void;
  stop(): Promise<void>;
}

interface Question {
  readonly store: Store;
  readonly url: URL;
  readonly body: unknown;
  readonly options: FakeOptions;
}

interface QueryAnswer {
  readonly data: { readonly data: { readonly results: readonly unknown[] } };
}

const page = "<!doctype html><html><body>SigNoz</body></html>";
const webPage = (status: number): Response =>
  new Response(page, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });

export const failure = (status: number, message: string, more: Readonly<Record<string, unknown>> = {}): Response =>
  Response.json(
    {
      status: "error",
      error: { type: "invalid-input", code: "invalid_input", message, errors: [], suggestions: [], ...more },
    },
    { status },
  );

/**
 * A SigNoz made from its published contract: it has the contract's routes and no others (but the two that the contract
 * leaves out), and notes whatever of a request or of its own answer the contract does not allow.
 */
export function startFakeSigNoz(options: FakeOptions = {}): FakeSigNoz {
  const [store, tails, contract] = [new Store(), new LiveTails(), findContract()];
  const apiKey = `key-${crypto.randomUUID()}`;
  const [requests, faults]: [string[], string[]] = [[], []];
  let intercept: Intercept | null = null;

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const exchange = { method: request.method, path: url.pathname };
    requests.push(`${exchange.method} ${exchange.path}`);
    const taken = await intercept?.(request, url);
    if (taken) return taken;
    if (options.lacks?.some((path) => url.pathname.startsWith(path)))
      return webPage(request.method === "GET" ? 200 : 404);
    if (url.pathname === "/api/v1/version") return Response.json({ version: options.version ?? "v0.130.1", ee: "Y" });
    if (request.headers.get(contract?.keyHeader ?? "SigNoz-Api-Key") !== apiKey) {
      return failure(401, "the key is not valid", { type: "unauthenticated", code: "unauthenticated" });
    }
    if (url.pathname === "/api/v3/logs/livetail") return openTail(url);
    const operation = operations.find((each) => each.method === request.method && each.path.test(url.pathname));
    if (operation === undefined) return webPage(404);
    const body = request.method === "POST" ? await request.json() : undefined;
    const wrong = contract?.faultsOfRequest(exchange, { query: url.searchParams, body }) ?? [];
    if (wrong.length > 0) {
      faults.push(...wrong.map((fault) => `request ${exchange.path}: ${fault}`));
      return failure(400, wrong.join("; "));
    }
    const response = respond(() => operation.answer({ store, url, body, options }));
    const sent = { status: response.status, body: (await response.clone().json()) as QueryAnswer };
    faults.push(
      ...(contract?.faultsOfAnswer(exchange, sent) ?? []).map((fault) => `answer ${exchange.path}: ${fault}`),
    );
    if (response.ok && operation.id === "QueryRangeV5") faults.push(...resultFaults(body as RangeQuery, sent.body));
    return response;
  };

  const resultFaults = (query: RangeQuery, body: QueryAnswer): readonly string[] => {
    const kind = ({ raw: "RawData", scalar: "ScalarData", time_series: "TimeSeriesData" } as const)[query.requestType];
    return body.data.data.results.flatMap((result) => contract?.faultsOfResult(result, kind) ?? []);
  };

  const openTail = (url: URL): Response => {
    const [filter, start] = [url.searchParams.get("filter") ?? "", url.searchParams.get("start") ?? ""];
    try {
      // The server puts its own condition behind what it was given.
      const isMatch = store.condition("logs", `${filter} AND id EXISTS`);
      return tails.open({ isMatch, startMs: Number(start), store });
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      const headers = { "Content-Type": "text/event-stream" };
      return new Response(`event: error\ndata: ${error.message}\n\n`, { headers });
    }
  };

  const note = (error: Error): Response => {
    if (error.message !== CUT) faults.push(`the fake itself: ${error.stack}`);
    return new Response(null, { status: 500 });
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    development: false,
    fetch: answer,
    error: note,
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    apiKey,
    requests,
    faults,
    feed(telemetry) {
      store.feed(telemetry);
      tails.send();
    },
    intercept(next) {
      intercept = next;
    },
    cutStreams: () => tails.cut(),
    async stop() {
      tails.cut();
      await server.stop(true);
    },
  };
}

function respond(make: () => unknown): Response {
  try {
    return Response.json({ status: "success", data: make() });
  } catch (error) {
    if (error instanceof BadQuery) return failure(400, error.message, { errors: error.details });
    if (error instanceof Missing) return failure(404, error.message, { type: "not-found", code: "not_found" });
    throw error;
  }
}

class Missing extends Error {}

export const operations: readonly {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (question: Question) => unknown;
}[] = [
  { id: "QueryRangeV5", method: "POST", path: /^\/api\/v5\/query_range$/, answer: queryRange },
  { id: "GetWaterfallV4", method: "POST", path: /^\/api\/v4\/traces\/[^/]+\/waterfall$/, answer: waterfall },
  { id: "GetFieldsKeys", method: "GET", path: /^\/api\/v1\/fields\/keys$/, answer: fieldKeys },
  { id: "GetFieldsValues", method: "GET", path: /^\/api\/v1\/fields\/values$/, answer: fieldValues },
  { id: "GetMetricMetadata", method: "GET", path: /^\/api\/v2\/metrics\/metadata$/, answer: metricMetadata },
  { id: "ListMetrics", method: "GET", path: /^\/api\/v2\/metrics$/, answer: listMetrics },
];

function queryRange({ store, body, options }: Question): unknown {
  const query = body as RangeQuery;
  const results = query.compositeQuery.queries.map(({ spec }) => {
    if (query.requestType === "raw") return answerRaw(store, query, spec, options.sendsFewColumns === true);
    return (query.requestType === "scalar" ? answerScalar : answerTimeSeries)(store, query, spec);
  });
  return { type: query.requestType, data: { results }, meta: { rowsScanned: 1, bytesScanned: 1, durationMs: 1 } };
}

function waterfall({ store, url, options }: Question): unknown {
  const traceId = url.pathname.split("/")[4] ?? "";
  const spans = store.all("traces").flatMap(({ span }) => (span?.traceId === traceId ? [span] : []));
  const [root] = spans;
  if (root === undefined) throw new Missing("trace not found");
  const sent = spans.slice(0, options.waterfallMax ?? 10_000);
  return {
    spans: sent.map(toWaterfallSpan),
    totalSpansCount: spans.length,
    hasMore: sent.length < spans.length,
    hasMissingSpans: false,
    rootServiceName: root.serviceName,
    rootServiceEntryPoint: root.name,
    uncollapsedSpans: [],
  };
}

function toWaterfallSpan(span: Span): unknown {
  const parent = { refType: "CHILD_OF", traceId: span.traceId, spanId: span.parentSpanId ?? "" };
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? "",
    name: span.name,
    kind_string: span.kind.charAt(0).toUpperCase() + span.kind.slice(1),
    time_unix: Number(span.startNs),
    duration_nano: Number(span.durationNs),
    has_error: span.status === "error",
    status_code_string: span.status.charAt(0).toUpperCase() + span.status.slice(1),
    status_message: span.statusMessage,
    attributes: span.attributes,
    resource: { "service.name": span.serviceName },
    events: span.events.map(({ name, timeNs, attributes }) => ({
      name,
      timeUnixNano: Number(timeNs),
      attributeMap: attributes,
      isError: false,
    })),
    references: [
      ...(span.parentSpanId === null ? [] : [parent]),
      ...span.links.map((link) => ({ refType: "FOLLOWS_FROM", ...link })),
    ],
  };
}

const signalOf = (url: URL): Signal => (url.searchParams.get("signal") || "traces") as Signal;

function fieldKeys({ store, url }: Question): unknown {
  const [search, signal] = [url.searchParams.get("searchText") ?? "", signalOf(url)];
  const names = [...store.fieldsOf(signal)].filter((name) => name.includes(search));
  const limit = Number(url.searchParams.get("limit") ?? 100);
  const key = (name: string) => ({ name, signal, fieldContext: "attribute", fieldDataType: "string" });
  return { keys: Object.fromEntries(names.slice(0, limit).map((name) => [name, [key(name)]])), complete: true };
}

function fieldValues({ store, url }: Question): unknown {
  const [name, signal] = [url.searchParams.get("name") ?? "", signalOf(url)];
  const rows = signal === "metrics" ? [] : store.all(signal);
  const values = new Set(
    rows.map(({ fields }) => fields.get(name)).filter((value) => value !== undefined && value !== ""),
  );
  return {
    values: {
      stringValues: [...values].filter((value) => typeof value === "string"),
      numberValues: [...values].filter((value) => typeof value === "number"),
    },
    complete: true,
  };
}

function metricMetadata({ store, url }: Question): unknown {
  const metric = store.metrics.get(url.searchParams.get("metricName") ?? "");
  if (metric === undefined) throw new Missing("metric not found");
  const { type, unit, isMonotonic } = metric;
  return { description: "", type, unit, temporality: "cumulative", isMonotonic };
}

function listMetrics({ store, url }: Question): unknown {
  const search = url.searchParams.get("searchText") ?? "";
  const found = [...store.metrics.values()].filter(({ name }) => name.includes(search));
  return {
    metrics: found.map(({ name: metricName, type, unit, isMonotonic }) => ({
      metricName,
      description: "",
      type,
      unit,
      temporality: "cumulative",
      isMonotonic,
    })),
  };
}
