import type { Note } from "./notes.ts";
import type { Branch, Selection } from "./select-spans.ts";
import type { SpanNode } from "./tree.ts";

/** A row of a waterfall, with what is drawn in front of it: two columns a level. */
export type Row = { readonly levels: readonly string[] } & (
  | { readonly kind: "branch"; readonly branch: Branch }
  | { readonly kind: "note"; readonly note: Note }
);

interface Frame {
  readonly items: readonly (Branch | Note)[];
  readonly levels: readonly string[];
  at: number;
}

/** The rows in their order: below a span, its children and its notes by time. */
export function listRows(selection: Selection, notesOf: (node: SpanNode) => readonly Note[]): readonly Row[] {
  const rows: Row[] = [];
  const frames: Frame[] = [{ items: selection.roots, levels: [], at: 0 }];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const item = frame.items[frame.at];
    if (item === undefined) {
      frames.pop();
      continue;
    }
    frame.at += 1;
    const isRoot = frames.length === 1;
    const goesOn = frame.items.slice(frame.at).some((later) => "kind" in later);
    const below = isRoot ? [] : [...frame.levels, goesOn ? "│ " : "  "];
    if (!("kind" in item)) {
      rows.push({ kind: "note", levels: below, note: item });
      continue;
    }
    rows.push({ kind: "branch", levels: isRoot ? [] : [...frame.levels, goesOn ? "├ " : "└ "], branch: item });
    if (item.kind === "span" || item.kind === "missing") {
      const notes = item.kind === "span" ? notesOf(item) : [];
      frames.push({ items: byTime([...notes, ...selection.childrenOf(item)]), levels: below, at: 0 });
    }
  }
  return rows;
}

function byTime(items: readonly (Branch | Note)[]): readonly (Branch | Note)[] {
  return items
    .map((item) => ({ item, at: timeOf(item) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Close enough to sort by; what has no time comes first, what stands for the rest last. */
function timeOf(item: Branch | Note): number {
  if (!("kind" in item)) return item.timeNs === null ? 0 : Number(item.timeNs);
  if (item.kind === "span") return Number(item.startNs);
  return item.kind === "repeat" ? Number(item.nodes[0]?.startNs ?? 0n) : Number.MAX_VALUE;
}
