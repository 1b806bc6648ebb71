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

export function cell(text: string, style?: Style): Cell {
  return { text, style };
}

/**
 * The one way to a terminal: makes every text safe, and the line no wider than the screen. Nothing but styles can
 * change how it looks.
 */
export function toLine(cells: readonly Cell[], { width, colour }: Screen): string {
  const texts = trimEnd(cells.map(({ text }) => makeSafe(text)));
  const isWhole = texts.reduce((sum, text) => sum + widthOf(text), 0) <= width;
  let room = isWhole ? width : width - 1;
  let line = "";
  for (const [index, text] of texts.entries()) {
    const shown = isWhole ? text : cut(text, room);
    line += paint(shown, colour ? cells[index]?.style : undefined);
    room -= widthOf(shown);
    if (shown !== text) break;
  }
  return isWhole || width < 1 ? line : `${line}…`;
}

function paint(text: string, style: Style | undefined): string {
  return style === undefined || text === "" ? text : `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/** Spaces at the end show nothing. */
function trimEnd(texts: readonly string[]): readonly string[] {
  const last = texts.findLastIndex((text) => /[^ ]/.test(text));
  return texts.slice(0, last + 1).map((text, index) => (index === last ? text.replace(/ +$/, "") : text));
}
