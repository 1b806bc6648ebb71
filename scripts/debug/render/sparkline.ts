/** Heights in eighths of a row. */
export const heights = " ▁▂▃▄▅▆▇█";

/** A row of bars, the highest of them full; whatever is more than nothing shows. Beyond `columns`, neighbours are added up. */
export function sparkline(values: readonly number[], columns = values.length): string {
  const merged = mergeInto(values, Math.min(columns, values.length));
  const most = merged.reduce((a, b) => Math.max(a, b), 0);
  return merged.map((value) => heights[value > 0 ? Math.max(1, Math.round((value / most) * 8)) : 0] ?? " ").join("");
}

function mergeInto(values: readonly number[], columns: number): readonly number[] {
  const merged: number[] = new Array(columns).fill(0);
  for (const [index, value] of values.entries()) {
    const at = Math.floor((index * columns) / values.length);
    merged[at] = (merged[at] ?? 0) + value;
  }
  return merged;
}
