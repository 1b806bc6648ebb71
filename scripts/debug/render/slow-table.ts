import type { SlowEntry } from "../model.ts";
import { formatCount, formatMs, formatNumber } from "./format.ts";
import { cell, type Screen } from "./screen.ts";
import { type Column, renderTable } from "./table.ts";

/** Below it, the traces stand in rows of their own, where they can be copied. */
const widthNeeded = 120;

/** What is slow, with how slow and how often, and the trace of the slowest. */
export function renderSlow(entries: readonly SlowEntry[], screen: Screen): readonly string[] {
  const isWide = screen.width >= widthNeeded;
  const columns: readonly Column[] = [
    { title: "P50", align: "right" },
    { title: "P95", align: "right" },
    { title: "P99", align: "right" },
    { title: "COUNT", align: "right" },
    { title: "A SECOND", align: "right" },
    ...(isWide ? [{ title: "KIND" }, { title: "NAME", shrinksTo: 20 }] : []),
    { title: isWide ? "SLOWEST TRACE" : "NAME, SLOWEST TRACE" },
  ];
  const rows = entries.flatMap((entry) => {
    const numbers = [
      cell(formatMs(entry.p50Ms)),
      cell(formatMs(entry.p95Ms), "bold"),
      cell(formatMs(entry.p99Ms), "warn"),
      cell(formatCount(entry.count)),
      cell(formatNumber(entry.perSecond)),
    ];
    const trace = entry.sampleTraceId === null ? cell("none", "dim") : cell(entry.sampleTraceId, "key");
    if (isWide) return [[...numbers, cell(entry.kind, "dim"), cell(entry.name), trace]];
    return [
      [...numbers, cell(entry.name)],
      [...numbers.map(() => cell("")), trace],
    ];
  });
  return renderTable(columns, rows, screen);
}
