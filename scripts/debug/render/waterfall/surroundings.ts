import { MADE_FROM } from "../../made-from.ts";
import type { Trace } from "../../model.ts";
import { countOf, formatCount, formatDuration, formatTime } from "../format.ts";
import { padStart } from "../measure.ts";
import { type Cell, cell, toLine } from "../screen.ts";
import { wordsOf, wrapPieces } from "../wrap.ts";
import { drawAxis } from "./axis.ts";
import type { Pen } from "./draw-row.ts";
import type { Row } from "./list-rows.ts";
import { hasFailed } from "./span-facts.ts";
import { summarise, total } from "./summary.ts";
import type { SpanNode, TraceTree } from "./tree.ts";

/** What the trace is, how long, and what it did in numbers. */
export function drawHead({ traceId, logs }: Trace, { nodes }: TraceTree, { scale, screen }: Pen): readonly string[] {
  const services = [...new Set(nodes.map(({ span }) => span.serviceName))].filter((name) => name !== "");
  const failed = nodes.filter(({ span }) => hasFailed(span)).length;
  const made = nodes.length > 0 && nodes.every(({ span }) => span.attributes[MADE_FROM] !== undefined);
  const facts = [
    nodes.length === 0 ? "no spans" : countOf(nodes.length, "span"),
    ...(services.length === 0 ? [] : [services.join(", ")]),
    ...(logs.length === 0 ? [] : [countOf(logs.length, "log line")]),
    ...(nodes.length === 0 ? [] : [formatDuration(scale.durationNs)]),
    ...(nodes.length === 0 ? [] : [`${formatTime(Number(scale.startNs / 1_000_000n))} UTC`]),
    ...(made ? ["no spans came: these are made of request lines"] : []),
  ];
  const first = [[cell("trace "), cell(traceId, "bold")], ...facts.map((text) => dotted([cell(text)]))];
  const second = [
    ...(failed === 0 ? [] : [[cell(`✗ ${failed} failed`, "error")]]),
    ...summarise(nodes).map((text) => [cell(text)]),
  ].map((piece, index) => (index === 0 ? piece : dotted(piece)));
  return [...wrapPieces(first, screen.width), ...wrapPieces(second, screen.width)].map((row) => toLine(row, screen));
}

const dotted = (piece: readonly Cell[]): readonly Cell[] => [cell("· ", "dim"), ...piece];

export function drawTitles({ layout, scale, screen }: Pen): string {
  const self = layout.self === 0 ? "" : ` ${padStart("self", layout.self)}`;
  const titles = `${" ".repeat(2 + layout.name)} ${padStart("total", layout.duration)}${self} `;
  return toLine([cell(titles + (scale.columns === 0 ? "" : drawAxis(scale)), "dim")], screen);
}

export interface Omissions {
  readonly rows: readonly Row[];
  readonly spans: readonly SpanNode[];
  readonly notes: number;
}

/** What the signs mean, and all that is not shown. */
export function drawFoot(
  { duplicates, nodes }: TraceTree,
  { rows, spans, notes }: Omissions,
  pen: Pen,
): readonly string[] {
  const failed = spans.filter(({ span }) => hasFailed(span)).length;
  const hasRepeats = rows.some((row) => row.kind === "branch" && row.branch.kind === "repeat");
  const texts = [
    ...(pen.critical.size > 1 ? ["▸ critical path: what the end of the trace waited for"] : []),
    ...(hasRepeats
      ? ["×N the same N times, one after the other; Σ their durations added up, each drawn in the bar"]
      : []),
    ...(spans.length === 0
      ? []
      : [
          `left out: ${formatCount(spans.length)} of ${countOf(nodes.length, "span")} (Σ ${total(spans)}` +
            `${failed === 0 ? "" : `, ${formatCount(failed)} failed`}), the shortest of what is not on the critical path`,
        ]),
    ...(notes === 0 ? [] : [`left out: ${`${formatCount(notes)} log lines, events or links`}, the least grave`]),
    ...(duplicates === 0 ? [] : [`${countOf(duplicates, "span")} came more than once, shown once`]),
  ];
  return texts
    .flatMap((text) => wrapPieces(wordsOf(text, "dim"), pen.screen.width))
    .map((row) => toLine(row, pen.screen));
}
