import type { ErrorGroup } from "../model.ts";
import { formatCount, formatTime } from "./format.ts";
import { cell, type Screen } from "./screen.ts";
import { sparkline } from "./sparkline.ts";
import { renderTable } from "./table.ts";

const sparkColumns = 24;

/** Errors by id and route: how often, since when, until when, when in between, and a trace to look at. */
export function renderErrors(groups: readonly ErrorGroup[], screen: Screen): readonly string[] {
  const columns = [
    { title: "ERROR", shrinksTo: 12 },
    { title: "COUNT", align: "right" },
    { title: "OVER TIME" },
    { title: "LAST SEEN" },
    { title: "FIRST SEEN" },
    { title: "SAMPLE TRACE" },
    { title: "ROUTE", shrinksTo: 12 },
  ] as const;
  const rows = groups.map((group) => [
    cell(group.errorId, "error"),
    cell(formatCount(group.count), "bold"),
    cell(sparkline(group.buckets, sparkColumns), "warn"),
    cell(toSecond(group.lastSeenMs)),
    cell(toSecond(group.firstSeenMs), "dim"),
    cell(group.sampleTraceId ?? "none", group.sampleTraceId === null ? "dim" : "key"),
    cell(group.route === "" ? "no route" : group.route, group.route === "" ? "dim" : undefined),
  ]);
  if (screen.width >= widthNeeded) return renderTable(columns, rows, screen);
  return renderNarrow(groups, screen);
}

const widthNeeded = 150;

/** Where a table would lose its ends: what matters in a first table, and the traces in lines that can be copied. */
function renderNarrow(groups: readonly ErrorGroup[], screen: Screen): readonly string[] {
  const columns = [
    { title: "COUNT", align: "right" },
    { title: "OVER TIME" },
    { title: "LAST SEEN" },
    { title: "ERROR AND ROUTE, SAMPLE TRACE" },
  ] as const;
  const rows = groups.flatMap((group) => [
    [
      cell(formatCount(group.count), "bold"),
      cell(sparkline(group.buckets, sparkColumns / 2), "warn"),
      cell(toSecond(group.lastSeenMs)),
      cell(`${group.errorId} ${group.route}`, "error"),
    ],
    [cell(""), cell(""), cell(""), cell(group.sampleTraceId ?? "no trace", "key")],
  ]);
  return renderTable(columns, rows, screen);
}

const toSecond = (timeMs: number): string => formatTime(timeMs).replace(/\.\d+$/, "");
