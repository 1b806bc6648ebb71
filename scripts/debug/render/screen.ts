import { cut, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";

/** What is written to. */
export interface Screen {
  /** In columns; Infinity where nothing has to fit. */
  readonly width: number;
  readonly colour: boolean;
}

const codes = {
  bold: "1",
  dim: "2",
  error: "31",
  good: "32",
  warn: "33",
  key: "36",
  critical: "1;33",
  service0: "36",
  service1: "34",
  service2: "32",
  service3: "35",
} as const;

export type Style = keyof typeof codes;

/** A piece of a line: any text, trusted or not. */
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export function cell(text: string, style?: Style | undefined): Cell {
  return { text, style };
}

/**
 * The one way to a terminal: makes every text safe, and the line no wider than the screen. Nothing but styles can
 * change how it looks.
 */
export function toLine(cells: readonly Cell[], { width, colour }: Screen): string {
  const safe = trimEnd(cells.map(({ text, style }) => cell(makeSafe(text), style)));
  const isWhole = safe.reduce((sum, { text }) => sum + widthOf(text), 0) <= width;
  const shown = isWhole ? safe : [...cutCells(safe, width - 1), cell(width < 1 ? "" : "…")];
  return colour ? paintRuns(shown) : shown.map(({ text }) => text).join("");
}

function cutCells(cells: readonly Cell[], columns: number): readonly Cell[] {
  const kept: Cell[] = [];
  let room = columns;
  for (const { text, style } of cells) {
    const part = cut(text, room);
    kept.push(cell(part, style));
    if (part !== text) break;
    room -= widthOf(part);
  }
  return kept;
}

/** Neighbours of one style are painted as one; spaces have no colour. */
function paintRuns(cells: readonly Cell[]): string {
  const runs: { text: string; style: Style | undefined }[] = [];
  for (const { text, style } of cells) {
    const last = runs.at(-1);
    if (last !== undefined && (last.style === style || /^ *$/.test(text))) last.text += text;
    else runs.push({ text, style });
  }
  return runs.map(({ text, style }) => paint(text, style)).join("");
}

function paint(text: string, style: Style | undefined): string {
  return style === undefined || text === "" ? text : `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/** Spaces at the end show nothing. */
function trimEnd(cells: readonly Cell[]): readonly Cell[] {
  const last = cells.findLastIndex(({ text }) => /[^ ]/.test(text));
  return cells
    .slice(0, last + 1)
    .map(({ text, style }, index) => cell(index === last ? text.replace(/ +$/, "") : text, style));
}
