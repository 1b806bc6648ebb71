import { formatDuration } from "../format.ts";
import type { TimeScale } from "./bar.ts";

const columnsATick = 12;

/** Where the time of a bar can be read: round times at the columns where they fall, `0`, `20.0 ms`, `40.0 ms`. */
export function drawAxis({ durationNs, columns }: TimeScale): string {
  const step = roundStep(Number(durationNs) / Math.max(1, Math.floor(columns / columnsATick)));
  let axis = "";
  for (let tick = 0; tick * step <= Number(durationNs); tick += 1) {
    const at = durationNs <= 0n ? 0 : Math.floor(((tick * step) / Number(durationNs)) * columns);
    const label = tick === 0 ? "0" : withoutZeros(formatDuration(tick * step));
    if (at + label.length > columns) break;
    if (at > 0 && at <= axis.length) continue;
    axis = axis.padEnd(at) + label;
  }
  return axis;
}

const withoutZeros = (text: string): string => text.replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " ");

/** The next of 1, 2, 2.5, 5, 10, … that is not less. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= least) ?? 10);
}
