import type { Span, TimeRange } from "../model.ts";
import { DebugError } from "../outcome.ts";
import type { SigNozClient } from "./client.ts";
import { RouteMissingError } from "./faults.ts";
import { allOf, equals } from "./filter.ts";
import { readRows } from "./pages.ts";
import type { BuilderQuery, FieldKey } from "./query.ts";
import { attributesOf, spanIdOf, toDurationNs, toEvent, toKind, toLinks, toSpan, toStatus, toTimeNs } from "./rows.ts";
import { type WaterfallSpan, waterfallAnswer } from "./schemas.ts";

/** More than any trace that a person reads; what is beyond it is said to be missing. */
export const SPANS_MAX = 50_000;

/**
 * Every span of a trace, or none. From the waterfall route where SigNoz has it and sends all; otherwise from the spans
 * themselves, within the range.
 */
export async function listSpans(client: SigNozClient, traceId: string, range: TimeRange): Promise<readonly Span[]> {
  return (await findWaterfall(client, traceId)) ?? (await querySpans(client, traceId, range));
}

/** Null where the route is missing, or keeps some of the spans back. */
async function findWaterfall(client: SigNozClient, traceId: string): Promise<readonly Span[] | null> {
  try {
    const { data } = await client.ask(
      {
        method: "POST",
        path: `api/v4/traces/${traceId}/waterfall`,
        body: { selectedSpanId: "", uncollapsedSpans: [] },
      },
      waterfallAnswer,
    );
    const spans = data.spans ?? [];
    const isWhole = data.hasMore !== true && spans.length >= (data.totalSpansCount ?? 0);
    return isWhole ? spans.map((span) => fromWaterfall(span, traceId)) : null;
  } catch (error) {
    if (error instanceof RouteMissingError) return null;
    if (error instanceof DebugError && error.outcome === "nothing") return [];
    throw error;
  }
}

function fromWaterfall(span: WaterfallSpan, wanted: string): Span {
  const attributes = attributesOf(span);
  const own = { traceId: span.trace_id || wanted, parentSpanId: span.parent_span_id || null };
  const service = attributes["service.name"];
  return {
    ...own,
    spanId: span.span_id,
    name: span.name ?? "",
    kind: toKind(span.kind_string),
    startNs: toTimeNs(span.time_unix) ?? 0n,
    durationNs: toDurationNs(span.duration_nano),
    status: toStatus(span.status_code_string, span.has_error),
    statusMessage: span.status_message ?? "",
    serviceName: typeof service === "string" ? service : "",
    attributes,
    events: (span.events ?? []).map(toEvent),
    links: toLinks(span.references ?? [], own),
  };
}

/** What a server that sends only some fields of its own accord is asked for by name. */
const namedFields: readonly FieldKey[] = [
  ...[
    "trace_id",
    "span_id",
    "parent_span_id",
    "name",
    "kind_string",
    "duration_nano",
    "status_code_string",
    "status_message",
    "has_error",
  ].map((name) => ({ name, fieldContext: "span" as const })),
  { name: "service.name", fieldContext: "resource" },
];

async function querySpans(client: SigNozClient, traceId: string, range: TimeRange): Promise<readonly Span[]> {
  const query: BuilderQuery = {
    name: "spans",
    signal: "traces",
    condition: allOf([equals("trace_id", traceId)]),
    order: [
      { field: { name: "timestamp", fieldContext: "span" }, direction: "asc" },
      { field: { name: "span_id", fieldContext: "span" }, direction: "asc" },
    ],
  };
  const ask = (fields: Partial<BuilderQuery>, limit: number) =>
    readRows(client, { query: { ...query, ...fields }, range, limit }, spanIdOf);
  const [first] = await ask({}, 1);
  if (first === undefined) return [];
  const sendsAll = "parent_span_id" in (first.data ?? {});
  return (await ask(sendsAll ? {} : { selectFields: namedFields }, SPANS_MAX)).map(toSpan);
}
