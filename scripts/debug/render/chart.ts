import { formatNumber, formatTime } from "./format.ts";
import { padEnd, padStart, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";
import { type Cell, cell, type Screen, type Style, toLine } from "./screen.ts";
import { heights } from "./sparkline.ts";

export interface ChartSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly timeMs: number; readonly value: number }[];
}

export interface ChartOptions extends Screen {
  readonly unit: string;
}

/** Of a chart of one series, in lines. */
const plotLines = 8;
const labelColumnsMax = 36;
const plotColumnsMax = 160;
/** Where nothing has to fit. */
const plotColumnsUsual = 72;

type Scale = Readonly<{ least: number; most: number; sinceMs: number; untilMs: number; columns: number }>;

/**
 * Series over time. One is drawn as a chart with its axes; several each as a line of their own, all to one scale, the
 * greatest first. Where no point came, nothing is drawn.
 */
export function renderChart(series: readonly ChartSeries[], options: ChartOptions): readonly string[] {
  const points = series.flatMap((each) => each.points);
  if (points.length === 0) return [toLine([cell("no points", "dim")], options)];
  const [only] = series;
  return only !== undefined && series.length === 1 ? renderOne(only, options) : renderSeveral(series, options);
}

function scaleOf(series: readonly ChartSeries[], columns: number): Scale {
  const points = series.flatMap((each) => each.points);
  const values = points.map(({ value }) => value);
  const times = points.map(({ timeMs }) => timeMs);
  return {
    least: Math.min(0, minOf(values)),
    most: Math.max(0, maxOf(values)),
    sinceMs: minOf(times),
    untilMs: maxOf(times),
    columns,
  };
}

function renderOne({ labels, points }: ChartSeries, options: ChartOptions): readonly string[] {
  const bounds = scaleOf([{ labels, points }], 1);
  const [top, bottom] = [bounds.most, bounds.least].map((value) => withUnit(value, options.unit)) as [string, string];
  const axis = Math.max(widthOf(top), widthOf(bottom));
  const scale = { ...bounds, columns: plotColumns(options.width - axis - 2) };
  const eighths = columnsOf(points, scale).map((value) => toEighths(value, scale, plotLines * 8));
  const lines = Array.from({ length: plotLines }, (_, line) => {
    const below = (plotLines - 1 - line) * 8;
    const label = line === 0 ? top : line === plotLines - 1 ? bottom : "";
    const bars = eighths.map((each) => heights[Math.min(8, Math.max(0, each - below))] ?? " ").join("");
    return toLine([cell(`${padStart(label, axis)} `, "dim"), cell("┤", "dim"), cell(bars, "key")], options);
  });
  const named = describeLabels(labels);
  return [
    ...(named === "" ? [] : [toLine([cell(named, "bold")], options)]),
    ...lines,
    timeAxis(scale, axis + 2, options),
  ];
}

function renderSeveral(series: readonly ChartSeries[], options: ChartOptions): readonly string[] {
  const drawn = series.filter(({ points }) => points.length > 0).toSorted((a, b) => highest(b) - highest(a));
  const names = drawn.map(({ labels }) => makeSafe(describeLabels(labels) || "no label"));
  const name = Math.min(maxOf(names.map(widthOf)), labelColumnsMax, Math.max(8, Math.floor(options.width / 3)));
  const numbers = drawn.map((each) => [highest(each), each.points.at(-1)?.value ?? 0]);
  const texts = numbers.map((pair) => pair.map((value) => withUnit(value, options.unit)));
  const column = maxOf([5, ...texts.flat().map(widthOf)]);
  const scale = scaleOf(drawn, plotColumns(options.width - name - 2 * column - 4));
  const lineOf = (title: string, plot: Cell, [most = "", last = ""]: readonly string[], style?: Style) =>
    toLine(
      [cell(padEnd(title, name), style), cell(` ${padStart(most, column)} ${padStart(last, column)}  `, style), plot],
      options,
    );
  return [
    lineOf("", cell(""), ["most", "last"], "dim"),
    ...drawn.map(({ points }, index) => {
      const bars = columnsOf(points, scale).map((value) => heights[toEighths(value, scale, 8)] ?? " ");
      return lineOf(names[index] ?? "", cell(bars.join(""), "key"), texts[index] ?? []);
    }),
    timeAxis(scale, name + 2 * column + 4, options),
  ];
}

/** One value a column: the greatest of those that fall into it, so that no peak is lost; null where none does. */
function columnsOf(points: ChartSeries["points"], scale: Scale): readonly (number | null)[] {
  const columns: (number | null)[] = new Array(scale.columns).fill(null);
  const spanMs = Math.max(1, scale.untilMs - scale.sinceMs);
  for (const { timeMs, value } of points) {
    const at = Math.min(scale.columns - 1, Math.floor(((timeMs - scale.sinceMs) / spanMs) * scale.columns));
    columns[at] = Math.max(columns[at] ?? Number.NEGATIVE_INFINITY, value);
  }
  return points.length > 1 && points.length < scale.columns ? carryForward(columns) : columns;
}

/** With fewer points than columns, a point stands for the columns up to the next one, as far as the usual step reaches. */
function carryForward(columns: readonly (number | null)[]): readonly (number | null)[] {
  const filled = columns.flatMap((value, at) => (value === null ? [] : [at]));
  const steps = filled.slice(1).map((at, index) => at - (filled[index] ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
  const carried = [...columns];
  for (const at of filled) {
    for (let next = at + 1; next < at + usual + 1 && next < carried.length && columns[next] === null; next += 1) {
      carried[next] = columns[at] ?? null;
    }
  }
  return carried;
}

function toEighths(value: number | null, { least, most }: Scale, eighths: number): number {
  if (value === null) return 0;
  return most === least ? 1 : Math.max(1, Math.round(((value - least) / (most - least)) * eighths));
}

function timeAxis({ sinceMs, untilMs, columns }: Scale, indent: number, screen: Screen): string {
  const [since, until] = [formatTime(sinceMs), formatTime(untilMs)].map((time) => time.slice(0, 19)) as [
    string,
    string,
  ];
  const ends =
    columns < 2 * since.length + 5 ? since : `${padEnd(since, columns - 24)} ${padStart(`${until} UTC`, 23)}`;
  return toLine([cell(" ".repeat(indent)), cell(ends, "dim")], screen);
}

const plotColumns = (room: number): number =>
  Number.isFinite(room) ? Math.max(1, Math.min(room, plotColumnsMax)) : plotColumnsUsual;

const withUnit = (value: number, unit: string): string => `${formatNumber(value)}${unit === "" ? "" : ` ${unit}`}`;

const describeLabels = (labels: ChartSeries["labels"]): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

const minOf = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const maxOf = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));
const highest = ({ points }: ChartSeries): number => maxOf(points.map(({ value }) => value));
