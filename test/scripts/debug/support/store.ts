import type { LogLine, Span } from "../../../../scripts/debug/model.ts";
import { formatTimeNs } from "../../../../scripts/debug/time.ts";
import { FilterSyntaxError, keysOf, matches, parseFilter } from "./filter-language.ts";
import type { Metric, Telemetry } from "./telemetry.ts";

/** A record as SigNoz keeps it: named columns, and what it is ordered and found by. */
export interface Row {
  readonly timeNs: bigint;
  readonly fields: ReadonlyMap<string, unknown>;
  readonly span?: Span;
  readonly log?: LogLine;
}

/** What the store refuses, as SigNoz does. */
export class BadQuery extends Error {
  readonly details: readonly { readonly message: string; readonly suggestions: readonly string[] }[];

  constructor(message: string, details: BadQuery["details"] = []) {
    super(message);
    this.details = details;
  }
}

export type Signal = "logs" | "traces" | "metrics";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function rowOfLog(log: LogLine): Row {
  const columns = {
    ...log.attributes,
    id: log.id,
    timestamp: log.timeNs,
    body: log.message,
    severity_text: log.level.toUpperCase(),
    trace_id: log.traceId ?? "",
    span_id: log.spanId ?? "",
    "service.name": log.serviceName,
  };
  return { timeNs: log.timeNs, fields: new Map(Object.entries(columns)), log };
}

function rowOfSpan(span: Span): Row {
  const columns = {
    ...span.attributes,
    timestamp: span.startNs,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? "",
    name: span.name,
    kind_string: capital(span.kind),
    duration_nano: Number(span.durationNs),
    has_error: span.status === "error",
    status_code_string: capital(span.status),
    status_message: span.statusMessage,
    "service.name": span.serviceName,
  };
  return { timeNs: span.startNs, fields: new Map(Object.entries(columns)), span };
}

/** Known without any data. */
const intrinsic: Readonly<Record<Signal, readonly string[]>> = {
  logs: ["id", "timestamp", "body", "severity_text", "trace_id", "span_id"],
  traces: ["timestamp", "trace_id", "span_id", "parent_span_id", "name", "kind_string", "duration_nano", "has_error"],
  metrics: [],
};

export class Store {
  readonly #rows: Record<"logs" | "traces", Row[]> = { logs: [], traces: [] };
  readonly metrics = new Map<string, Metric>();

  feed({ spans = [], logs = [], metrics = [] }: Telemetry): void {
    this.#rows.logs.push(...logs.map(rowOfLog));
    this.#rows.traces.push(...spans.map(rowOfSpan));
    for (const metric of metrics) this.metrics.set(metric.name, metric);
  }

  all(signal: "logs" | "traces"): readonly Row[] {
    return this.#rows[signal];
  }

  fieldsOf(signal: Signal): ReadonlySet<string> {
    if (signal === "metrics") {
      const points = [...this.metrics.values()].flatMap((metric) => metric.points);
      return new Set(points.flatMap(({ labels }) => Object.keys(labels)));
    }
    return new Set([...intrinsic[signal], ...this.#rows[signal].flatMap(({ fields }) => [...fields.keys()])]);
  }

  /** @throws BadQuery for what the language or the data do not know */
  find(
    signal: "logs" | "traces",
    query: { readonly startMs: number; readonly endMs: number; readonly expression: string },
  ): readonly Row[] {
    const isMatch = this.condition(signal, query.expression);
    const [startNs, endNs] = [BigInt(query.startMs) * 1_000_000n, BigInt(query.endMs) * 1_000_000n];
    return this.#rows[signal].filter(
      ({ timeNs, fields }) => timeNs >= startNs && timeNs < endNs && isMatch((key) => fields.get(key)),
    );
  }

  condition(signal: Signal, expression: string): (read: (key: string) => unknown) => boolean {
    if (expression.trim() === "") return () => true;
    try {
      const parsed = parseFilter(expression);
      this.assertKnown(signal, keysOf(parsed));
      return (read) => matches(parsed, (key) => read(bare(key)));
    } catch (error) {
      if (error instanceof FilterSyntaxError) throw new BadQuery(`Found 1 syntax errors: ${error.message}`);
      throw error;
    }
  }

  assertKnown(signal: Signal, keys: readonly string[]): void {
    const known = this.fieldsOf(signal);
    const unknown = keys.map(bare).filter((key) => !known.has(key));
    if (unknown.length === 0) return;
    throw new BadQuery(
      "Found 1 errors while parsing the search expression.",
      unknown.map((key) => ({
        message: `key \`${key}\` not found`,
        suggestions: [...known].filter((name) => name.startsWith(key.slice(0, 4))).slice(0, 3),
      })),
    );
  }
}

const bare = (key: string): string => key.replace(/^(?:attribute|resource|log|span)\./, "");

const bookkeeping = new Set([
  ...intrinsic.logs,
  ...intrinsic.traces,
  "status_code_string",
  "status_message",
  "service.name",
]);

/** Attributes by type, as rows of log lines have them. */
export function typedAttributes({ fields }: Row): Record<string, unknown> {
  const own = [...fields].filter(([name]) => !bookkeeping.has(name));
  const of = (type: string) => Object.fromEntries(own.filter(([, value]) => typeof value === type));
  return {
    attributes_string: of("string"),
    attributes_number: of("number"),
    attributes_bool: of("boolean"),
    resources_string: { "service.name": fields.get("service.name") },
  };
}

export function rawRowOf(row: Row): { readonly timestamp: string; readonly data: Record<string, unknown> } {
  const time = formatTimeNs(row.timeNs);
  const columns = Object.fromEntries([...row.fields].filter(([name]) => bookkeeping.has(name)));
  if (row.log !== undefined) {
    const timestamp = Number(row.timeNs);
    return { timestamp: time, data: { ...columns, ...typedAttributes(row), timestamp, severity_number: 9 } };
  }
  const { events = [], links = [], attributes = {}, serviceName = "" } = row.span ?? {};
  return {
    timestamp: time,
    data: {
      ...columns,
      timestamp: time,
      attributes,
      resource: { "service.name": serviceName },
      events: events.map(({ name, timeNs, attributes: attributeMap }) =>
        JSON.stringify({ name, timeUnixNano: Number(timeNs), attributeMap, isError: false }),
      ),
      links: JSON.stringify(links.map((link) => ({ ...link, refType: "FOLLOWS_FROM" }))),
    },
  };
}
