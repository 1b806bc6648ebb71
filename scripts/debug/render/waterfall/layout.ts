/** Columns of a waterfall's parts; the gaps between them are within. */
export interface Layout {
  readonly name: number;
  readonly duration: number;
  readonly self: number;
  readonly bar: number;
}

const gutter = 2;
const number = 9;

/** The names get what they need, up to two fifths of the width; narrow screens lose the self time, then the bars. */
export function layOut(width: number, widestName: number): Layout {
  if (!Number.isFinite(width)) return { name: widestName, duration: number, self: number, bar: 80 };
  const self = width >= 70 ? number : 0;
  const isNarrow = width < 50;
  const rest = width - gutter - (number + 1) - (self === 0 ? 0 : self + 1) - 1;
  const name = Math.max(1, Math.min(widestName, isNarrow ? rest : Math.max(20, Math.floor(width * 0.4))));
  return { name, duration: number, self, bar: isNarrow ? 0 : Math.max(0, rest - name) };
}

/** How deep a row stands, drawn; of what is too deep for the room, the innermost levels. */
export function drawGuides(levels: readonly string[], columns: number): string {
  const most = Math.max(1, Math.floor(columns / 2));
  if (levels.length <= most) return levels.join("");
  return `⋯${levels.slice(levels.length - most).join("")}`;
}
