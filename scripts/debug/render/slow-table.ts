import { formatCount, formatMs, formatNumber } from "./format.ts";
import { cell, type Screen } from "./screen.ts";
import { renderTable } from "./table.ts";

export interface SlowEntry {
  readonly kind: string;
  readonly name: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly count: number;
  readonly perSecond: number;
  readonly sampleTraceId: string | null;
}

/** What is slow, with how slow and how often, and the trace of the slowest. */
export function renderSlow(entries: readonly SlowEntry[], screen: Screen): readonly string[] {
  const columns = [
    { title: "P50", align: "right" },
    { title: "P95", align: "right" },
    { title: "P99", align: "right" },
    { title: "COUNT", align: "right" },
    { title: "A SECOND", align: "right" },
    { title: "KIND" },
    { title: "NAME", shrinksTo: 20 },
    { title: "SLOWEST TRACE" },
  ] as const;
  const rows = entries.map((entry) => [
    cell(formatMs(entry.p50Ms)),
    cell(formatMs(entry.p95Ms), "bold"),
    cell(formatMs(entry.p99Ms), "warn"),
    cell(formatCount(entry.count)),
    cell(formatNumber(entry.perSecond)),
    cell(entry.kind, "dim"),
    cell(entry.name),
    cell(entry.sampleTraceId ?? "none", entry.sampleTraceId === null ? "dim" : "key"),
  ]);
  return renderTable(columns, rows, screen);
}
