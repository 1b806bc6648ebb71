import type { Trace } from "../model.ts";
import { formatDuration } from "./format.ts";
import { cell, type Screen } from "./screen.ts";
import { renderTable } from "./table.ts";
import { selfTimeOf } from "./waterfall/critical-path.ts";
import { compare } from "./waterfall/nanoseconds.ts";
import { hasFailed, labelOf } from "./waterfall/span-facts.ts";
import { buildTree } from "./waterfall/tree.ts";

/** The spans of a trace by their start, with the ids that others name them by. */
export function renderSpans(trace: Trace, screen: Screen): readonly string[] {
  const nodes = buildTree(trace).nodes.toSorted((a, b) => compare(a.startNs, b.startNs));
  const startNs = nodes[0]?.startNs ?? 0n;
  const columns = [
    { title: "START", align: "right" },
    { title: "TOTAL", align: "right" },
    { title: "SELF", align: "right" },
    { title: "STATUS" },
    { title: "SPAN" },
    { title: "PARENT" },
    { title: "KIND" },
    { title: "SERVICE", shrinksTo: 8 },
    { title: "NAME", shrinksTo: 20 },
  ] as const;
  const rows = nodes.map((node) => [
    cell(formatDuration(node.startNs - startNs), "dim"),
    cell(formatDuration(node.endNs - node.startNs), "bold"),
    cell(formatDuration(selfTimeOf(node)), "dim"),
    cell(node.span.status, hasFailed(node.span) ? "error" : "dim"),
    cell(node.span.spanId, "key"),
    cell(node.span.parentSpanId ?? "none", "dim"),
    cell(node.span.kind, "dim"),
    cell(node.span.serviceName),
    cell(labelOf(node.span), hasFailed(node.span) ? "error" : undefined),
  ]);
  return renderTable(columns, rows, screen);
}
