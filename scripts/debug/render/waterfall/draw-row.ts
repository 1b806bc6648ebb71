import { formatDuration } from "../format.ts";
import { clip, padStart, widthOf } from "../measure.ts";
import { makeSafe } from "../safe-text.ts";
import { type Cell, cell, type Screen, type Style, toLine } from "../screen.ts";
import { wrapPieces } from "../wrap.ts";
import { columnsOf, drawBar, type TimeScale } from "./bar.ts";
import { type Interval, selfTimeOf } from "./critical-path.ts";
import { drawGuides, type Layout } from "./layout.ts";
import type { Row } from "./list-rows.ts";
import type { Note } from "./notes.ts";
import type { Branch } from "./select-spans.ts";
import { hasFailed, labelOf } from "./span-facts.ts";
import { total } from "./summary.ts";
import type { SpanNode } from "./tree.ts";

/** What all rows of a waterfall are drawn with. */
export interface Pen {
  readonly layout: Layout;
  readonly scale: TimeScale;
  readonly critical: ReadonlyMap<SpanNode, readonly Interval[]>;
  readonly styleOf: (serviceName: string) => Style;
  readonly screen: Screen;
}

const noteRowsMax = 3;

interface Name {
  readonly text: string;
  /** Never clipped away. */
  readonly suffix: string;
  readonly style: Style | undefined;
}

export function nameOf(branch: Branch, styleOf: Pen["styleOf"] = () => "service0"): Name {
  switch (branch.kind) {
    case "span": {
      const failed = hasFailed(branch.span);
      const style = failed ? "error" : styleOf(branch.span.serviceName);
      return { text: `${failed ? "✗ " : ""}${labelOf(branch.span)}`, suffix: "", style };
    }
    case "repeat": {
      const { span } = branch.nodes[0] as SpanNode;
      return { text: labelOf(span), suffix: ` ×${branch.nodes.length}`, style: styleOf(span.serviceName) };
    }
    case "missing":
      return { text: `? missing ${branch.spanId}`, suffix: "", style: "warn" };
    case "leftOut":
      return { text: `… ${branch.nodes.length} more, and what is below`, suffix: "", style: "dim" };
  }
}

/** The columns of a row's name, its guides included. */
export function nameWidth({ levels, branch }: Extract<Row, { kind: "branch" }>): number {
  const { text, suffix } = nameOf(branch);
  return levels.length * 2 + widthOf(makeSafe(text)) + widthOf(suffix);
}

export function drawRow({ levels, branch }: Extract<Row, { kind: "branch" }>, pen: Pen): string {
  const { layout, scale, screen, critical } = pen;
  const isCritical = nodesOf(branch).some((node) => critical.has(node));
  const guides = drawGuides(levels, layout.name / 2);
  const { text, suffix, style } = nameOf(branch, pen.styleOf);
  const room = layout.name - widthOf(guides) - widthOf(suffix);
  const name = clip(makeSafe(text), room) + suffix;
  const filler = " ".repeat(Math.max(0, layout.name - widthOf(guides) - widthOf(name)));
  const { duration, self } = timesOf(branch);
  return toLine(
    [
      cell(isCritical ? "▸ " : "  ", "critical"),
      cell(guides, "dim"),
      cell(name, style),
      cell(`${filler} ${padStart(duration, layout.duration)}`),
      cell(layout.self === 0 ? "" : ` ${padStart(self, layout.self)}`, "dim"),
      ...(scale.columns === 0 ? [] : [cell(" "), ...barOf(branch, style, pen)]),
    ],
    screen,
  );
}

function nodesOf(branch: Branch): readonly SpanNode[] {
  if (branch.kind === "span") return [branch];
  return branch.kind === "repeat" ? branch.nodes : [];
}

function timesOf(branch: Branch): { readonly duration: string; readonly self: string } {
  switch (branch.kind) {
    case "span":
      return { duration: formatDuration(branch.endNs - branch.startNs), self: formatDuration(selfTimeOf(branch)) };
    case "missing":
      return { duration: "", self: "" };
    default:
      return { duration: `Σ${total(branch.nodes)}`, self: "" };
  }
}

/** The bar, with the columns in which the trace waited for this in a style of their own. */
function barOf(branch: Branch, style: Style | undefined, { scale, critical }: Pen): readonly Cell[] {
  const nodes = nodesOf(branch);
  const columns = drawBar(nodes, scale);
  const styles: (Style | undefined)[] = new Array(scale.columns).fill(style);
  for (const interval of style === "error" ? [] : nodes.flatMap((node) => critical.get(node) ?? [])) {
    const { first, last } = columnsOf(interval, scale);
    styles.fill("critical", first, last + 1);
  }
  const cells: { text: string; style: Style | undefined }[] = [];
  for (const [index, text] of columns.entries()) {
    const previous = cells.at(-1);
    if (previous !== undefined && previous.style === styles[index]) previous.text += text;
    else cells.push({ text, style: styles[index] });
  }
  return cells;
}

/** A note in at most three lines, behind the guides of its span. */
export function drawNote({ levels, note }: { levels: readonly string[]; note: Note }, pen: Pen): readonly string[] {
  const guides = `  ${drawGuides(levels, pen.layout.name / 2)}`;
  const columns = pen.screen.width - widthOf(guides) - 2;
  const time = note.timeNs === null ? [] : [[cell(offsetOf(note.timeNs - pen.scale.startNs), "dim")]];
  const rows = wrapPieces([...time, ...note.pieces], columns);
  return rows.slice(0, noteRowsMax).map((row, index) => {
    const isCut = index === noteRowsMax - 1 && rows.length > noteRowsMax;
    const cells = [cell(guides, "dim"), cell(index === 0 ? "· " : "  ", "dim"), ...row];
    return toLine(isCut ? [...cells, cell(" …", "dim")] : cells, pen.screen);
  });
}

const offsetOf = (ns: bigint): string => (ns < 0n ? formatDuration(ns) : `+${formatDuration(ns)}`);
