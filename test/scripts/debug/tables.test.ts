import { expect, test } from "bun:test";
import { renderChart } from "../../../scripts/debug/render/chart.ts";
import { formatDuration, formatNumber } from "../../../scripts/debug/render/format.ts";
import { renderKeyValues } from "../../../scripts/debug/render/key-values.ts";
import { cell } from "../../../scripts/debug/render/screen.ts";
import { sparkline } from "../../../scripts/debug/render/sparkline.ts";
import { renderTable } from "../../../scripts/debug/render/table.ts";
import { renderColumns } from "../../../scripts/debug/render/word-columns.ts";

const screen = { width: 30, colour: false };

test("durations and numbers have three digits, in the unit that fits", () => {
  const durations = [
    0, 850, 999.6, 85_000, 999_499, 999_501, 12_345_678, 1_200_000_000, 59_600_000_000, 123e9, 11_100e9,
  ];
  expect(durations.map(formatDuration)).toEqual([
    "0 ns",
    "850 ns",
    "1.00 µs",
    "85.0 µs",
    "999 µs",
    "1.00 ms",
    "12.3 ms",
    "1.20 s",
    "1 m 00 s",
    "2 m 03 s",
    "3 h 05 m",
  ]);
  expect([0, 7, 0.0421, 0.00123, 7.5, 12_345, -2_500_000].map(formatNumber)).toEqual([
    "0",
    "7",
    "0.04",
    "0.0012",
    "7.50",
    "12.3 k",
    "-2.50 M",
  ]);
});

test("a table that is too wide narrows the columns that may be narrowed, and keeps the others whole", () => {
  const columns = [{ title: "N", align: "right" }, { title: "ROUTE", shrinksTo: 6 }, { title: "TRACE" }] as const;
  const rows = [
    [cell("7"), cell("/api/v1/books"), cell("4bf92f3577b34da6")],
    [cell("12"), cell("/日本語"), cell("a")],
  ];
  expect(renderTable(columns, rows, screen)).toEqual([
    " N  ROUTE     TRACE",
    " 7  /api/v1…  4bf92f3577b34da6",
    "12  /日本語   a",
  ]);
});

test("whatever is more than nothing shows in a sparkline, and the greatest is full", () => {
  expect(sparkline([0, 1, 4, 1_000])).toBe(" ▁▁█");
  expect(sparkline([0, 0])).toBe("  ");
  expect(sparkline([1, 1, 2, 2], 2)).toBe("▄█");
});

test("a chart of one series has its values to scale above its time", () => {
  const points = [0, 1, 2, 4].map((value, index) => ({ timeMs: Date.UTC(2026, 0, 1) + index * 60_000, value }));
  const lines = renderChart([{ labels: {}, points }], { ...screen, width: 9, unit: "" });
  expect(lines.slice(0, 8)).toEqual([
    "4 ┤     █",
    "  ┤     █",
    "  ┤     █",
    "  ┤     █",
    "  ┤    ██",
    "  ┤    ██",
    "  ┤  ████",
    "0 ┤▁▁████",
  ]);
});

test("several series have one scale, the greatest first, with their last values", () => {
  const series = (
    [
      ["/a", 1],
      ["/b", 8],
    ] as const
  ).map(([route, value]) => ({
    labels: { route },
    points: [
      { timeMs: 0, value: 0 },
      { timeMs: 1, value },
    ],
  }));
  const lines = renderChart(series, { ...screen, unit: "" });
  expect(lines.slice(1, 3).map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    "route=/b 8 8 ▁▁▁▁▁▁▁█",
    "route=/a 1 1 ▁▁▁▁▁▁▁▁",
  ]);
});

test("a listing parts long values between words, and words fill columns downwards", () => {
  expect(renderKeyValues([{ key: "skew", value: "the clock of the server is behind" }], screen)).toEqual([
    "skew  the clock of the server",
    "      is behind",
  ]);
  expect(renderColumns(["one", "two", "three", "four", "five"], { ...screen, width: 16 })).toEqual([
    "one    four",
    "two    five",
    "three",
  ]);
});
