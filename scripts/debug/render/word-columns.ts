import { padEnd, widthOf } from "./measure.ts";
import { makeSafe } from "./safe-text.ts";
import { cell, type Screen, toLine } from "./screen.ts";

const gap = 2;

/** Words in as many columns of one width as fit, read downwards, as `ls` does. */
export function renderColumns(words: readonly string[], screen: Screen): readonly string[] {
  const safe = words.map(makeSafe);
  const widest = safe.reduce((most, word) => Math.max(most, widthOf(word)), 0);
  const fitting = Number.isFinite(screen.width) ? Math.floor((screen.width + gap) / (widest + gap)) : 1;
  const columns = Math.max(1, Math.min(fitting, safe.length));
  const rows = Math.ceil(safe.length / columns);
  return Array.from({ length: rows }, (_, row) =>
    toLine(
      Array.from({ length: columns }, (__, column) => {
        const word = safe[column * rows + row] ?? "";
        return cell(columns === 1 ? word : padEnd(word, widest + gap));
      }),
      screen,
    ),
  );
}
