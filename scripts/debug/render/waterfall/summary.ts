import { countOf, formatDuration } from "../format.ts";
import { hasFailed, isOutboundRequest, isStatement, taskOf } from "./span-facts.ts";
import type { SpanNode } from "./tree.ts";

/** `12 statements, 8.3 ms`, `1 outbound request, 40 ms`: how many and their durations added up. Failures are told. */
export function summarise(nodes: readonly SpanNode[]): readonly string[] {
  const statements = nodes.filter(({ span }) => isStatement(span));
  const requests = nodes.filter(({ span }) => isOutboundRequest(span));
  const texts = [
    sumOf(statements, "statement"),
    repeated(statements),
    sumOf(requests, "outbound request"),
    repeated(requests),
  ];
  return texts.filter((text) => text !== null);
}

function sumOf(nodes: readonly SpanNode[], noun: string): string | null {
  if (nodes.length === 0) return null;
  const failed = nodes.filter(({ span }) => hasFailed(span)).length;
  return `${countOf(nodes.length, noun)}, ${total(nodes)}${failed === 0 ? "" : `, ${failed} failed`}`;
}

/** What was done most often, where it was done again. */
function repeated(nodes: readonly SpanNode[]): string | null {
  const byTask = Map.groupBy(nodes, ({ span }) => taskOf(span));
  const most = [...byTask.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const [first] = most;
  return first === undefined || most.length < 2 ? null : `${first.span.name} ×${most.length}, ${total(most)}`;
}

export function total(nodes: readonly SpanNode[]): string {
  return formatDuration(nodes.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0n));
}
