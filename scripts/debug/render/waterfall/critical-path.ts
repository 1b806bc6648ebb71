import { compare, earlier, later } from "./nanoseconds.ts";
import type { SpanNode } from "./tree.ts";

export interface Interval {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/**
 * What the end of a span waited for: from its end backwards, always the child that ended last before then, and the span
 * itself where none ran. Shortening anything else would not have made it any faster. Gives each span on the path the
 * times in which it was what was waited for.
 */
export function findCriticalPath(root: SpanNode): ReadonlyMap<SpanNode, readonly Interval[]> {
  const path = new Map<SpanNode, Interval[]>();
  const waiting: { readonly node: SpanNode; readonly untilNs: bigint }[] = [{ node: root, untilNs: root.endNs }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, untilNs } = next;
    const own: Interval[] = [];
    path.set(node, own);
    let cursor = untilNs;
    const endsOf = node.children
      .filter((child) => child.startNs < untilNs)
      .map((child) => ({ child, endNs: earlier(child.endNs, untilNs) }))
      .toSorted((a, b) => compare(b.endNs, a.endNs));
    for (const { child, endNs } of endsOf) {
      if (endNs > cursor || child.startNs >= cursor || endNs <= node.startNs) continue;
      if (endNs < cursor) own.push({ startNs: endNs, endNs: cursor });
      waiting.push({ node: child, untilNs: endNs });
      cursor = later(child.startNs, node.startNs);
    }
    if (cursor > node.startNs) own.push({ startNs: node.startNs, endNs: cursor });
  }
  return path;
}

/** The time of a span in which none of its children ran. */
export function selfTimeOf({ startNs, endNs, children }: SpanNode): bigint {
  let [covered, reached] = [0n, startNs];
  for (const child of children) {
    const from = later(child.startNs, reached);
    const to = earlier(child.endNs, endNs);
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return endNs - startNs - covered;
}
