import { clip, padEnd, padStart, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";
import { type Cell, cell, type Screen, toLine } from "./screen.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Narrowed where the table does not fit, down to this; columns without it keep their width. */
  readonly shrinksTo?: number;
}

const gap = 2;

/**
 * Rows under titles. A table that is too wide narrows the columns that may be narrowed, the widest first; what is still
 * too wide loses its right end.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  screen: Screen,
): readonly string[] {
  const safe = rows.map((row) => row.map(({ text, style }) => cell(makeSafe(text), style)));
  const widths = fitWidths(columns, naturalWidths(columns, safe), screen.width);
  const lineOf = (cells: readonly Cell[]) =>
    toLine(
      columns.flatMap(({ align }, index) => {
        const { text, style } = cells[index] ?? cell("");
        const width = widths[index] ?? 0;
        const padded = align === "right" ? padStart(text, width) : padEnd(clip(text, width), width);
        return index === 0 ? [cell(padded, style)] : [cell(" ".repeat(gap)), cell(padded, style)];
      }),
      screen,
    );
  return [lineOf(columns.map(({ title }) => cell(title, "dim"))), ...safe.map(lineOf)];
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index]?.text ?? "")), widthOf(title)),
  );
}

function fitWidths(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, gap * (columns.length - 1)) - width;
  while (excess > 0) {
    const room = widths.map((each, index) => each - Math.max(columns[index]?.shrinksTo ?? each, 1));
    const widest = widths.reduce(
      (best, each, index) => ((room[index] ?? 0) > 0 && each > (widths[best] ?? -1) ? index : best),
      -1,
    );
    if (widest < 0) break;
    const next = Math.max(0, ...widths.filter((_, index) => index !== widest && (room[index] ?? 0) > 0));
    const step = Math.min(excess, room[widest] ?? 0, Math.max(1, (widths[widest] ?? 0) - next));
    widths[widest] = (widths[widest] ?? 0) - step;
    excess -= step;
  }
  return widths;
}
