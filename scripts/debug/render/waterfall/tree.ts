import type { LogLine, Span, Trace } from "../../model.ts";
import { compare, earlier, later } from "./nanoseconds.ts";

/** A span where it stands in its trace. The fields of time are corrected where clocks disagree. */
export interface SpanNode {
  readonly kind: "span";
  readonly span: Span;
  readonly children: SpanNode[];
  readonly logs: LogLine[];
  startNs: bigint;
  endNs: bigint;
  /** By how much its clock was put forward; 0 where it was believed. */
  skewNs: bigint;
  /** It is its own ancestor by what it says; shown as if it had no parent. */
  readonly inCircle: boolean;
}

/** A parent that spans name and that did not arrive. */
export interface MissingNode {
  readonly kind: "missing";
  readonly spanId: string;
  readonly children: SpanNode[];
}

export interface TraceTree {
  /** In the order of time. */
  readonly roots: readonly (SpanNode | MissingNode)[];
  /** Every span once, parents before their children. */
  readonly nodes: readonly SpanNode[];
  /** Log lines of no span that is here. */
  readonly strayLogs: readonly LogLine[];
  /** Spans that came more than once. */
  readonly duplicates: number;
}

/** Puts spans under their parents and log lines under their spans. Every span has a place, whatever it says of its parent. */
export function buildTree({ spans, logs }: Trace): TraceTree {
  const byId = new Map<string, Span>();
  for (const span of spans) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  const inCircle = findCircles(byId);
  const nodeById = new Map([...byId].map(([id, span]) => [id, toNode(span, inCircle.has(id))]));
  const roots: SpanNode[] = [];
  const missing = new Map<string, MissingNode>();
  for (const node of nodeById.values()) {
    const parentId = node.inCircle ? null : node.span.parentSpanId;
    const parent = parentId === null ? null : (nodeById.get(parentId) ?? missingNode(missing, parentId));
    (parent?.children ?? roots).push(node);
  }
  const strayLogs: LogLine[] = [];
  for (const log of logs) (nodeById.get(log.spanId ?? "")?.logs ?? strayLogs).push(log);
  const all = [...roots, ...missing.values()].toSorted((a, b) => compare(firstStart(a), firstStart(b)));
  for (const { children } of [...nodeById.values(), ...missing.values()]) children.sort(byStart);
  for (const node of nodeById.values()) node.logs.sort((a, b) => compare(a.timeNs, b.timeNs));
  return {
    roots: all,
    nodes: walk(all.flatMap((root) => (root.kind === "span" ? [root] : root.children))),
    strayLogs: strayLogs.toSorted((a, b) => compare(a.timeNs, b.timeNs)),
    duplicates: spans.length - byId.size,
  };
}

function toNode(span: Span, inCircle: boolean): SpanNode {
  const { startNs, durationNs } = span;
  const endNs = startNs + later(durationNs, 0n);
  return { kind: "span", span, children: [], logs: [], startNs, endNs, skewNs: 0n, inCircle };
}

function missingNode(missing: Map<string, MissingNode>, spanId: string): MissingNode {
  const known = missing.get(spanId);
  if (known !== undefined) return known;
  const made: MissingNode = { kind: "missing", spanId, children: [] };
  missing.set(spanId, made);
  return made;
}

/** One span of each circle of parents: the one that is met first. */
function findCircles(byId: ReadonlyMap<string, Span>): ReadonlySet<string> {
  const done = new Set<string>();
  const circles = new Set<string>();
  for (const start of byId.keys()) {
    const path = new Set<string>();
    let id: string | null = start;
    while (id !== null && byId.has(id) && !done.has(id) && !path.has(id)) {
      path.add(id);
      id = byId.get(id)?.parentSpanId ?? null;
    }
    if (id !== null && path.has(id)) circles.add(id);
    for (const each of path) done.add(each);
  }
  return circles;
}

/** Parents before children, however deep. */
export function walk(roots: readonly SpanNode[]): readonly SpanNode[] {
  const nodes: SpanNode[] = [];
  const waiting = roots.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    for (const child of node.children.toReversed()) waiting.push(child);
  }
  return nodes;
}

export const byStart = (a: SpanNode, b: SpanNode): number =>
  compare(a.startNs, b.startNs) || compare(b.endNs, a.endNs) || (a.span.spanId < b.span.spanId ? -1 : 1);

function firstStart(root: SpanNode | MissingNode): bigint {
  if (root.kind === "span") return root.startNs;
  return root.children.map(({ startNs }) => startNs).reduce(earlier);
}
