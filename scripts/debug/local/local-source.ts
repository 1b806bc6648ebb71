import type { LogFilters, LogLine, Source, Span, TimeRange, Trace } from "../model.ts";
import { createErrorCounter, GROUPS_MAX } from "./count-errors.ts";
import { createLogFilter, createRangeFilter, marksOf, marksOfHex } from "./log-filter.ts";
import { toRequestSpan } from "./log-lines.ts";
import { createNewest } from "./newest.ts";
import { scanFiles } from "./scan-files.ts";

/** Of one trace; what is beyond is noted. */
const SPANS_MAX = 50_000;
const TRACE_LOGS_MAX = 10_000;

export interface LocalSource extends Source {
  /** What the last answer passed over, or leaves out. */
  notes(): readonly string[];
}

export interface LocalSourceOptions {
  /** Of log lines that name no service, as the API's do; `footing` by default. */
  readonly serviceName?: string;
}

/**
 * Answers from files of the API's own JSON log lines and of spans in OTLP's JSON, mixed or apart, in any order. Each question
 * reads the files from their start and holds no more than its answer. Methods throw DebugError (usage) where a file
 * cannot be read or a filter is not for files.
 */
export function createLocalSource(
  paths: readonly string[],
  { serviceName = "footing" }: LocalSourceOptions = {},
): LocalSource {
  const files = { paths, serviceName };
  let notes: readonly string[] = [];

  async function listLogs(filters: LogFilters, range: TimeRange, limit: number): Promise<readonly LogLine[]> {
    const isWanted = createLogFilter(filters, range);
    const newest = createNewest<LogLine>(limit);
    let saysEnvironment = false;
    const { traceId, requestId, errorId, user } = filters;
    const marks = traceId === undefined ? marksOf(requestId ?? errorId ?? user) : marksOfHex(traceId);
    notes = await scanFiles(files, {
      marks,
      onLog: (line) => {
        saysEnvironment ||= Object.keys(line.attributes).some((name) => name.startsWith("deployment.environment"));
        if (isWanted(line)) newest.add(line);
      },
    });
    if (filters.environment !== undefined && marks === null && !saysEnvironment)
      notes = [...notes, "no line here says its environment"];
    return newest.list();
  }

  async function findTrace(wanted: string, range: TimeRange): Promise<Trace | null> {
    const traceId = wanted.toLowerCase();
    const isInRange = createRangeFilter(range);
    const spans: Span[] = [];
    const logs: LogLine[] = [];
    const beyond = { spans: 0, logs: 0 };
    const passedOver = await scanFiles(files, {
      marks: marksOfHex(traceId),
      onLog: (line) => {
        if (line.traceId !== traceId || !isInRange(line.timeNs)) return;
        if (logs.length < TRACE_LOGS_MAX) logs.push(line);
        else beyond.logs += 1;
      },
      onSpan: (span) => {
        if (span.traceId !== traceId || !isInRange(span.startNs)) return;
        if (spans.length < SPANS_MAX) spans.push(span);
        else beyond.spans += 1;
      },
    });
    notes = [
      ...passedOver,
      ...(beyond.spans === 0 ? [] : [`left out ${beyond.spans} spans beyond the first ${SPANS_MAX}`]),
      ...(beyond.logs === 0 ? [] : [`left out ${beyond.logs} log lines beyond the first ${TRACE_LOGS_MAX}`]),
    ];
    if (spans.length === 0 && logs.length === 0) return null;
    const made = spans.length > 0 ? spans : logs.map(toRequestSpan).filter((span) => span !== null);
    return { traceId, spans: made, logs };
  }

  async function findTraceIdOfRequest(requestId: string, range: TimeRange): Promise<string | null> {
    const isWanted = createLogFilter({ requestId }, range);
    const isInRange = createRangeFilter(range);
    let found: string | null = null;
    notes = await scanFiles(files, {
      marks: marksOf(requestId),
      onLog: (line) => {
        if (found === null && isWanted(line)) found = line.traceId;
        return found === null;
      },
      onSpan: (span) => {
        if (found === null && span.attributes["request_id"] === requestId && isInRange(span.startNs))
          found = span.traceId;
        return found === null;
      },
    });
    return found;
  }

  return {
    findTrace,
    findTraceIdOfRequest,
    listLogs,
    async listErrors(range, service) {
      const isWanted = createLogFilter(service === undefined ? {} : { service }, range);
      const counter = createErrorCounter(range);
      const passedOver = await scanFiles(files, {
        marks: ['"error_id"'],
        onLog: (line) => {
          if (isWanted(line)) counter.add(line);
        },
      });
      const uncounted = counter.uncounted();
      notes = [
        ...passedOver,
        ...(uncounted === 0 ? [] : [`${uncounted} errors beyond ${GROUPS_MAX} kinds are not counted`]),
      ];
      return counter.list();
    },
    notes: () => notes,
  };
}
