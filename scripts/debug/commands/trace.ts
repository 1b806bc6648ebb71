import type { Command } from "commander";
import type { Origin } from "../cli/context.ts";
import { addExamples, addSource, type SourceOptions } from "../cli/options.ts";
import type { Act } from "../cli/program.ts";
import type { Span, Trace } from "../model.ts";
import { DebugError, type Outcome } from "../outcome.ts";
import type { Output } from "../output.ts";
import { logRecord, spanRecord } from "../records.ts";
import { renderSpans } from "../render/spans-table.ts";
import { renderWaterfall } from "../render/waterfall/render-waterfall.ts";

export interface TraceOptions extends SourceOptions {
  readonly spans?: true;
}

/** As many traces that a trace links to are shown with it. */
const linkedMax = 5;

export function addTrace(program: Command, act: Act): void {
  const command = program
    .command("trace")
    .argument("<id>", "32 hexadecimal digits, or a whole traceparent")
    .summary("a trace as a waterfall, its log lines under their spans")
    .description("Shows a trace as a waterfall, with its log lines under their spans, and traces that it links to.");
  addSource(command, "7d").option("--spans", "a table of the spans instead");
  addExamples(command, [
    "trace 0af7651916cd43dd8448eb211c80319c",
    "trace 0af7651916cd43dd8448eb211c80319c --spans --since 30d",
    "trace 0af7651916cd43dd8448eb211c80319c --json | jq 'select(.status == \"error\")'",
    "trace 0af7651916cd43dd8448eb211c80319c --local api.jsonl spans.jsonl",
  ]);
  command.action((id: string, options: TraceOptions) =>
    act(options, ({ output, openOrigin }) =>
      showTrace({ output, origin: openOrigin(options), traceId: parseTraceId(id), options }),
    ),
  );
}

/** @throws DebugError (usage) */
export function parseTraceId(text: string): string {
  const id = /^(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$/i.exec(text.trim())?.[1]?.toLowerCase();
  if (id !== undefined && /[1-9a-f]/.test(id)) return id;
  throw new DebugError("usage", "a trace id has 32 hexadecimal digits", "with a request's id use: request ID");
}

export interface TraceQuestion {
  readonly output: Output;
  readonly origin: Origin;
  readonly traceId: string;
  readonly options: TraceOptions;
}

export async function showTrace({ output, origin, traceId, options }: TraceQuestion): Promise<Outcome> {
  const { source, range } = origin;
  const trace = await output.during(`looking for trace ${traceId}`, source.findTrace(traceId, range));
  if (trace === null) {
    output.note(`no trace ${traceId} between ${describeRange(origin)}; --since looks further back`);
    return "nothing";
  }
  show(output, origin, { trace, options });
  for (const linked of linkedIds(trace)) {
    const found = await output.during(`looking for trace ${linked}`, source.findTrace(linked, range));
    if (found === null) output.note(`no trace ${linked}, which this one links to`);
    else show(output, origin, { trace: found, options });
  }
  return "found";
}

/** The range as its two times. */
export function describeRange({ range }: Pick<Origin, "range">): string {
  return [range.sinceMs, range.untilMs].map((timeMs) => new Date(timeMs).toISOString()).join(" and ");
}

function show(
  output: Output,
  { client }: Origin,
  { trace, options }: { readonly trace: Trace; readonly options: TraceOptions },
): void {
  const link = client === null ? null : `${client.base}/trace/${trace.traceId}`;
  if (output.isJson) {
    output.record({ type: "trace", trace_id: trace.traceId, url: link });
    for (const span of trace.spans) output.record(spanRecord(span));
    for (const line of trace.logs) output.record(logRecord(line));
    return;
  }
  output.lines((options.spans ? renderSpans : renderWaterfall)(trace, output));
  if (link !== null) output.lines([link]);
}

function linkedIds({ traceId, spans }: Trace): readonly string[] {
  const linked = spans.flatMap((span: Span) => span.links.map((link) => link.traceId));
  return [...new Set(linked)].filter((id) => id !== traceId).slice(0, linkedMax);
}
