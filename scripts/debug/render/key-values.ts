import { padEnd, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";
import { cell, type Screen, type Style, toLine } from "./screen.ts";
import { wordsOf, wrapPieces } from "./wrap.ts";

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly style?: Style;
}

const keyColumnsMax = 40;

/** A listing of names with their values, the values below one another; a long one goes on in the next line. */
export function renderKeyValues(entries: readonly KeyValue[], screen: Screen): readonly string[] {
  const widest = entries.reduce((most, { key }) => Math.max(most, widthOf(makeSafe(key))), 0);
  const keyColumns = Math.min(widest, keyColumnsMax, Math.max(8, Math.floor(screen.width / 2)));
  return entries.flatMap(({ key, value, style }) => {
    const rows = wrapPieces(wordsOf(value, style), screen.width - keyColumns - 2);
    return (rows.length === 0 ? [[]] : rows).map((row, index) => {
      const name = padEnd(index === 0 ? makeSafe(key) : "", keyColumns);
      return toLine([cell(name, "key"), cell("  "), ...row], screen);
    });
  });
}
