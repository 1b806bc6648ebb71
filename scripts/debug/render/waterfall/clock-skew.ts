import { later } from "./nanoseconds.ts";
import { byStart, type SpanNode, type TraceTree } from "./tree.ts";

/**
 * Moves what cannot have happened when it says. Within a service one clock is believed. A span of another service cannot
 * begin before its parent, nor can what a caller waited for end after the call: it is put in the middle of its parent,
 * with all below it. Durations stay as they were measured.
 */
export function correctClocks({ nodes }: TraceTree): void {
  const moved = new Set<SpanNode>();
  for (const parent of nodes) {
    for (const child of parent.children) {
      const inherited = parent.skewNs;
      child.startNs += inherited;
      child.endNs += inherited;
      const skew = skewOf(parent, child);
      child.startNs += skew;
      child.endNs += skew;
      child.skewNs = inherited + skew;
      if (skew !== 0n) moved.add(parent);
    }
  }
  for (const { children } of moved) children.sort(byStart);
}

function skewOf(parent: SpanNode, child: SpanNode): bigint {
  if (parent.span.serviceName === child.span.serviceName) return 0n;
  const slack = parent.endNs - parent.startNs - (child.endNs - child.startNs);
  const isTooEarly = child.startNs < parent.startNs;
  const wasWaitedFor = parent.span.kind === "client" && child.span.kind === "server";
  const isTooLate = wasWaitedFor && slack >= 0n && child.endNs > parent.endNs;
  if (!isTooEarly && !isTooLate) return 0n;
  return parent.startNs + later(slack, 0n) / 2n - child.startNs;
}
