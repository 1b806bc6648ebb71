import { hasFailed, taskOf } from "./span-facts.ts";
import type { MissingNode, SpanNode, TraceTree } from "./tree.ts";

/** Spans that do the same, one after the other, shown as one. */
export interface RepeatNode {
  readonly kind: "repeat";
  readonly nodes: readonly SpanNode[];
}

/** Spans that are not shown. */
export interface LeftOut {
  readonly kind: "leftOut";
  readonly nodes: readonly SpanNode[];
}

export type Branch = SpanNode | MissingNode | RepeatNode | LeftOut;

/** As many alike, next to each other, are shown as one. */
const repeatsMin = 3;

/** Decides which spans of a trace are shown: what `childrenOf` gives, begun at the roots. */
export interface Selection {
  readonly roots: readonly Branch[];
  childrenOf(node: SpanNode | MissingNode): readonly Branch[];
  /** All that is not shown, descendants included. */
  readonly leftOut: readonly SpanNode[];
}

/**
 * At most so many spans, with all that they stand under: those that failed and those of the critical path first, then by
 * their duration.
 */
export function selectSpans(
  tree: TraceTree,
  critical: ReadonlySet<SpanNode>,
  { spansMax }: { readonly spansMax: number },
): Selection {
  const shown = tree.nodes.length <= spansMax ? new Set(tree.nodes) : choose(tree, critical, spansMax);
  return {
    roots: shownRoots(tree, shown),
    childrenOf: ({ children }) => withRepeats(children, shown),
    leftOut: tree.nodes.filter((node) => !shown.has(node)),
  };
}

function shownRoots({ roots }: TraceTree, shown: ReadonlySet<SpanNode>): readonly Branch[] {
  const spansOf = (root: SpanNode | MissingNode) => (root.kind === "span" ? [root] : root.children);
  const { kept = [], hidden = [] } = Object.groupBy(roots, (root) =>
    spansOf(root).some((node) => shown.has(node)) ? "kept" : "hidden",
  );
  return hidden.length === 0 ? kept : [...kept, { kind: "leftOut", nodes: hidden.flatMap(spansOf) }];
}

function choose(tree: TraceTree, critical: ReadonlySet<SpanNode>, spansMax: number): ReadonlySet<SpanNode> {
  const parentOf = new Map(tree.nodes.flatMap((node) => node.children.map((child) => [child, node] as const)));
  const rank = (node: SpanNode): number => Number(hasFailed(node.span)) * 2 + Number(critical.has(node));
  const ranked = tree.nodes
    .map((node) => ({ node, rank: rank(node), ns: Number(node.endNs - node.startNs) }))
    .toSorted((a, b) => b.rank - a.rank || b.ns - a.ns);
  const shown = new Set<SpanNode>();
  for (const { node } of ranked) {
    const line: SpanNode[] = [];
    const room = spansMax - shown.size;
    for (let at: SpanNode | undefined = node; at && !shown.has(at) && line.length <= room; at = parentOf.get(at)) {
      line.push(at);
    }
    if (line.length <= room) for (const each of line) shown.add(each);
    if (shown.size >= spansMax) break;
  }
  return shown;
}

function withRepeats(nodes: readonly SpanNode[], shown: ReadonlySet<SpanNode>): readonly Branch[] {
  const branches: Branch[] = [];
  const hidden = nodes.filter((node) => !shown.has(node));
  let run: SpanNode[] = [];
  const endRun = () => {
    branches.push(...(run.length >= repeatsMin ? [{ kind: "repeat", nodes: run } as const] : run));
    run = [];
  };
  for (const node of nodes) {
    if (!shown.has(node)) continue;
    const [first] = run;
    if (first !== undefined && !(isPlain(node) && isPlain(first) && taskOf(first.span) === taskOf(node.span))) endRun();
    run.push(node);
  }
  endRun();
  return hidden.length === 0 ? branches : [...branches, { kind: "leftOut", nodes: hidden }];
}

/** Nothing is lost when it is shown together with others. */
function isPlain({ span, children, logs }: SpanNode): boolean {
  return [children, logs, span.events, span.links].every((list) => list.length === 0) && !hasFailed(span);
}
