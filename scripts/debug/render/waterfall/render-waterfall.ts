import type { Trace } from "../../model.ts";
import { cell, type Screen, type Style, toLine } from "../screen.ts";
import type { TimeScale } from "./bar.ts";
import { correctClocks } from "./clock-skew.ts";
import { findCriticalPath, type Interval } from "./critical-path.ts";
import { drawNote, drawRow, nameWidth, type Pen } from "./draw-row.ts";
import { layOut } from "./layout.ts";
import { listRows, type Row } from "./list-rows.ts";
import { compare, earlier, later } from "./nanoseconds.ts";
import { keepNotes, type Note, notesOf, toNote } from "./notes.ts";
import { selectSpans } from "./select-spans.ts";
import { drawFoot, drawHead, drawTitles } from "./surroundings.ts";
import { buildTree, type SpanNode, type TraceTree } from "./tree.ts";

export interface WaterfallOptions extends Screen {
  /** More spans than this are left out; 400 by default. */
  readonly spansMax?: number;
  /** As for spans, of log lines, events and links; 300 by default. */
  readonly notesMax?: number;
}

/**
 * A trace as a tree with its times: how long each span took and how long itself, bars to scale, the critical path marked
 * with ▸ and failures with ✗, log lines, events and links below their spans. Whatever is left out, joined or moved is
 * said to be.
 */
export function renderWaterfall(trace: Trace, options: WaterfallOptions): readonly string[] {
  const tree = buildTree(trace);
  correctClocks(tree);
  const critical = findMainPath(tree);
  const selection = selectSpans(tree, new Set(critical.keys()), { spansMax: options.spansMax ?? 400 });
  const notes = gatherNotes(tree, options.notesMax ?? 300);
  const rows = listRows(selection, (node) => notes.kept(notes.ofSpans.get(node) ?? []));
  const pen = preparePen(tree, { rows, critical, screen: options });
  const stray = notes.kept(notes.stray);
  return [
    ...drawHead(trace, tree, pen),
    ...(rows.length === 0 ? [] : [drawTitles(pen)]),
    ...rows.flatMap((row) => (row.kind === "note" ? drawNote(row, pen) : [drawRow(row, pen)])),
    ...(stray.length === 0 ? [] : [toLine([cell("log lines of no span that is here", "dim")], options)]),
    ...stray.flatMap((note) => drawNote({ levels: [], note }, pen)),
    ...drawFoot(tree, { rows, spans: selection.leftOut, notes: notes.leftOut(rows, stray) }, pen),
  ];
}

function gatherNotes(tree: TraceTree, notesMax: number) {
  const ofSpans = new Map(tree.nodes.map((node) => [node, notesOf(node)]));
  const stray = tree.strayLogs.map((log) => toNote(log));
  const all = [...[...ofSpans.values()].flat(), ...stray];
  const keep = keepNotes(all, notesMax);
  return {
    ofSpans,
    stray,
    kept: (notes: readonly Note[]): readonly Note[] => notes.filter((note) => keep.has(note)),
    leftOut: (rows: readonly Row[], shown: readonly Note[]): number =>
      all.length - rows.filter(({ kind }) => kind === "note").length - shown.length,
  };
}

/** Of the longest of the spans that have no parent here. */
function findMainPath({ roots }: TraceTree): ReadonlyMap<SpanNode, readonly Interval[]> {
  const tops = roots.flatMap((root) => (root.kind === "span" ? [root] : root.children));
  const [longest] = tops.toSorted((a, b) => compare(b.endNs - b.startNs, a.endNs - a.startNs));
  return longest === undefined ? new Map() : findCriticalPath(longest);
}

const serviceStyles: readonly Style[] = ["service0", "service1", "service2", "service3"];

function preparePen(
  tree: TraceTree,
  { rows, critical, screen }: { readonly rows: readonly Row[] } & Pick<Pen, "critical" | "screen">,
): Pen {
  const widest = rows.reduce((most, row) => (row.kind === "note" ? most : Math.max(most, nameWidth(row))), 0);
  const layout = layOut(screen.width, widest);
  const services = [...new Set(tree.nodes.map(({ span }) => span.serviceName))];
  const styles = new Map(services.map((name, index) => [name, serviceStyles[index % 4] ?? "service0"]));
  return {
    layout,
    scale: scaleOf(tree, layout.bar),
    critical,
    styleOf: (name) => styles.get(name) ?? "service0",
    screen,
  };
}

function scaleOf({ nodes, strayLogs }: TraceTree, columns: number): TimeScale {
  const first = nodes[0]?.startNs ?? strayLogs[0]?.timeNs ?? 0n;
  const startNs = nodes.reduce((least, node) => earlier(node.startNs, least), first);
  const endNs = nodes.reduce((most, node) => later(node.endNs, most), startNs);
  return { startNs, durationNs: endNs - startNs, columns };
}
