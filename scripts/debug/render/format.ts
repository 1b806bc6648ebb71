const units = [
  ["ns", 1],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
] as const;

/** A span of time to three digits: `850 ns`, `12.3 ms`, `1.20 s`; from a minute on `2 m 03 s`, `3 h 05 m`. */
export function formatDuration(duration: bigint | number): string {
  const ns = Number(duration);
  if (ns < 0) return `-${formatDuration(-ns)}`;
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  const seconds = Math.round(ns / 1e9);
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${twoDigits(Math.floor((seconds % 3600) / 60))} m`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const [unit, size] = units.find(([, each]) => ns / each < 999.5) ?? units[3];
  return `${threeDigits(ns / size)} ${unit}`;
}

export const formatMs = (ms: number): string => formatDuration(ms * 1e6);

/** A number to three digits, thousands and up with their letter: `0.04`, `7.50`, `12.3 k`. */
export function formatNumber(value: number): string {
  if (value < 0) return `-${formatNumber(-value)}`;
  if (Number.isInteger(value) && value < 10_000) return String(value);
  if (value < 999.5) return value === 0 || value >= 0.01 ? threeDigits(value) : value.toPrecision(2);
  for (const [letter, size] of [
    ["k", 1e3],
    ["M", 1e6],
    ["G", 1e9],
  ] as const) {
    if (value / size < 999.5) return `${threeDigits(value / size)} ${letter}`;
  }
  return value.toPrecision(3);
}

/** `12,345`. */
export const formatCount = (count: number): string => count.toLocaleString("en");

/** `1 span`, `12 spans`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const timeMsMax = 8.64e15;

/** `2026-11-25 07:34:36.123` in UTC. */
export function formatTime(timeMs: number): string {
  if (!(Math.abs(timeMs) <= timeMsMax)) return "no time";
  return new Date(timeMs).toISOString().slice(0, -1).replace("T", " ");
}

const threeDigits = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
const twoDigits = (value: number): string => String(value).padStart(2, "0");
