import type { LogFilters, LogLine, Source, TimeRange } from "../model.ts";
import { toMs } from "../time.ts";
import type { SigNozClient } from "./client.ts";
import { listErrorGroups } from "./errors.ts";
import { logCondition } from "./filter.ts";
import { readRows } from "./pages.ts";
import type { Order } from "./query.ts";
import { logIdOf, toLogLine } from "./rows.ts";
import { listSpans, SPANS_MAX } from "./spans.ts";

/** As many lines as one trace is shown with. */
const TRACE_LOGS_MAX = 10_000;
/** A line may be written before its request's span began, and after it ended. */
const aroundTraceMs = 60_000;

const newestFirst: readonly Order[] = [
  { field: { name: "timestamp", fieldContext: "log" }, direction: "desc" },
  { field: { name: "id", fieldContext: "log" }, direction: "desc" },
];

export interface SigNozSource extends Source {
  /** What the last trace that was found leaves out. */
  notes(): readonly string[];
}

/** What SigNoz answers, over its HTTP API. */
export function createSigNozSource(client: SigNozClient): SigNozSource {
  let notes: readonly string[] = [];
  const listLogs = async (filters: LogFilters, range: TimeRange, limit: number): Promise<readonly LogLine[]> => {
    const query = { name: "logs", signal: "logs", condition: logCondition(filters), order: newestFirst } as const;
    const rows = await readRows(client, { query, range, limit }, logIdOf);
    return rows.map(toLogLine).toReversed();
  };
  return {
    listLogs,
    notes: () => notes,
    listErrors: (range, service) => listErrorGroups(client, range, service),
    async findTrace(traceId, range) {
      const spans = await listSpans(client, traceId, range);
      const around = spans.length === 0 ? range : rangeAround(spans);
      const logs = await listLogs({ traceId }, around, TRACE_LOGS_MAX);
      notes = [
        ...(spans.length < SPANS_MAX ? [] : [`the trace has ${SPANS_MAX} spans or more: those are shown`]),
        ...(logs.length < TRACE_LOGS_MAX
          ? []
          : [`the trace has ${TRACE_LOGS_MAX} log lines or more: the newest are shown`]),
      ];
      return spans.length === 0 && logs.length === 0 ? null : { traceId, spans, logs };
    },
    async findTraceIdOfRequest(requestId, range) {
      const lines = await listLogs({ requestId }, range, 100);
      return lines.find(({ traceId }) => traceId !== null)?.traceId ?? null;
    },
  };
}

function rangeAround(spans: readonly { readonly startNs: bigint; readonly durationNs: bigint }[]): TimeRange {
  const starts = spans.map(({ startNs }) => toMs(startNs));
  const ends = spans.map(({ startNs, durationNs }) => toMs(startNs + durationNs));
  const least = starts.reduce((a, b) => Math.min(a, b));
  const most = ends.reduce((a, b) => Math.max(a, b));
  return { sinceMs: least - aroundTraceMs, untilMs: most + aroundTraceMs };
}
