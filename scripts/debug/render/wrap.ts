import { cut, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";
import { type Cell, cell, type Style } from "./screen.ts";

/** A piece that stays together where it fits into a row, such as a key with its value. */
export type Piece = readonly Cell[];

/** No column takes more UTF-16 code units than this: a character that is safe has three marks at the most. */
const unitsMax = 8;

/** A text that may be parted between its words. */
export const wordsOf = (text: string, style?: Style): readonly Piece[] =>
  text.split(" ").map((word) => [cell(word, style)]);

/** Lays pieces out in rows of some columns, a space between them; one that is longer than a row goes on in the next. */
export function wrapPieces(pieces: readonly Piece[], columns: number): readonly (readonly Cell[])[] {
  const rows: Cell[][] = [[]];
  let room = columns;
  const begin = () => {
    rows.push([]);
    room = columns;
  };
  const put = (each: Cell) => {
    rows.at(-1)?.push(each);
    room -= widthOf(each.text);
  };
  for (const piece of pieces) {
    const safe = piece.map(({ text, style }) => cell(makeSafe(text), style));
    const width = safe.reduce((sum, { text }) => sum + widthOf(text), 0);
    if (room < columns) {
      if (width < room) put(cell(" "));
      else begin();
    }
    for (const each of safe) {
      let rest = each.text;
      // A text may have megabytes: measured is no more of it than can matter.
      const start = () => rest.slice(0, (columns + 1) * unitsMax);
      while (widthOf(start()) > room) {
        const part = cut(start(), room);
        if (part === "" && room === columns) break;
        put(cell(part, each.style));
        rest = rest.slice(part.length);
        begin();
      }
      put(cell(rest, each.style));
    }
  }
  return rows.filter((row) => row.length > 0);
}
