import type { Answer } from "../../support/app.ts";
import type { Received, ReceivedSpan } from "../../support/otlp-receiver.ts";

/** The ids in an answer's `traceparent`. */
export function idsOf({ headers }: Answer): { readonly traceId: string; readonly spanId: string } {
  const [, traceId = "", spanId = ""] = (headers.get("traceparent") ?? "").split("-");
  return { traceId, spanId };
}

/** What has arrived of an answer's trace. */
export function traceOf(answer: Answer, { spans }: Received): readonly ReceivedSpan[] {
  return spans.filter(({ traceId }) => traceId === idsOf(answer).traceId);
}

/** The kinds of the spans above each statement, nearest first, ending where a parent is not in the trace. */
export function chainsOf(trace: readonly ReceivedSpan[]): readonly string[] {
  const byId = new Map(trace.map((span) => [span.spanId, span]));
  const above = (span: ReceivedSpan): string[] => {
    const parent = byId.get(span.parentSpanId);
    if (parent === undefined) return span.parentSpanId === "" ? [] : ["missing"];
    return [parent.kind, ...above(parent)];
  };
  return trace.filter(({ kind }) => kind === "CLIENT").map((statement) => above(statement).join(" < "));
}

/** How the transactions of a trace ended. */
export function outcomesOf(trace: readonly ReceivedSpan[]): readonly unknown[] {
  return trace.flatMap(({ attributes }) => attributes["db.transaction.outcome"] ?? []);
}
