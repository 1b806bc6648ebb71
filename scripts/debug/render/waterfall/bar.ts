import type { Interval } from "./critical-path.ts";

/** What the columns of a bar stand for. */
export interface TimeScale {
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly columns: number;
}

const leftBlocks: readonly string[] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/**
 * The columns of some intervals, to an eighth of a column at their ends; what begins within a column is as near as the
 * blocks of a terminal come: from its middle, or its last eighth. Nothing is too short to be seen.
 */
export function drawBar(intervals: readonly Interval[], scale: TimeScale): readonly string[] {
  const cells: string[] = new Array(scale.columns).fill(" ");
  for (const interval of intervals) drawInto(cells, toEighths(interval, scale));
  return cells;
}

interface Eighths {
  readonly from: number;
  readonly to: number;
}

function toEighths({ startNs, endNs }: Interval, { startNs: origin, durationNs, columns }: TimeScale): Eighths {
  const total = columns * 8;
  const at = (timeNs: bigint): number =>
    durationNs <= 0n ? 0 : Math.round((Number(timeNs - origin) / Number(durationNs)) * total);
  const from = Math.min(Math.max(at(startNs), 0), total - 1);
  return { from, to: Math.min(Math.max(at(endNs), from + 1), total) };
}

function drawInto(cells: string[], { from, to }: Eighths): void {
  const last = Math.floor((to - 1) / 8);
  for (let column = Math.floor(from / 8); column <= last; column += 1) {
    const begins = Math.max(from - column * 8, 0);
    const ends = Math.min(to - column * 8, 8);
    const block = blockOf(begins, ends);
    const there = cells[column] ?? " ";
    cells[column] = there === " " || there === block ? block : joined(there, block);
  }
}

function blockOf(begins: number, ends: number): string {
  if (begins === 0) return leftBlocks[ends] ?? "█";
  if (ends === 8) return begins <= 1 ? "█" : begins <= 5 ? "▐" : "▕";
  return begins + ends > 8 ? "▕" : (leftBlocks[Math.max(1, ends - begins)] ?? "▏");
}

/** Two bars that meet in one column: the fuller of both, so that a gap which cannot be drawn is not invented. */
function joined(a: string, b: string): string {
  return fullness(a) >= fullness(b) ? a : b;
}

function fullness(block: string): number {
  if (block === "▐") return 4;
  if (block === "▕") return 1;
  return leftBlocks.indexOf(block);
}

/** Which columns an interval touches. */
export function columnsOf(interval: Interval, scale: TimeScale): { readonly first: number; readonly last: number } {
  const { from, to } = toEighths(interval, scale);
  return { first: Math.floor(from / 8), last: Math.floor((to - 1) / 8) };
}
