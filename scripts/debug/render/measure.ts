const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const narrow = /^[ -~]*$/;

/** The columns that a safe text takes in a terminal: two for what is wide in East Asia, none for a combining mark. */
export function widthOf(text: string): number {
  return narrow.test(text) ? text.length : Bun.stringWidth(text);
}

/** As much of the start of a safe text as fits into some columns; no character is cut in two. */
export function cut(text: string, columns: number): string {
  if (text.length <= columns && narrow.test(text)) return text;
  if (narrow.test(text)) return text.slice(0, Math.max(0, columns));
  let [width, end] = [0, 0];
  for (const { segment, index } of graphemes.segment(text)) {
    width += Bun.stringWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** A safe text of at most some columns; an ellipsis stands for what was left out. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? "" : `${cut(text, columns - 1)}…`;
}

/** Exactly so many columns, clipped or filled up behind. */
export function padEnd(text: string, columns: number): string {
  const clipped = clip(text, columns);
  return clipped + " ".repeat(Math.max(0, columns - widthOf(clipped)));
}

/** Exactly so many columns, clipped or filled up in front. */
export function padStart(text: string, columns: number): string {
  const clipped = clip(text, columns);
  return " ".repeat(Math.max(0, columns - widthOf(clipped))) + clipped;
}
