const millisecondDigits = 4;

let lastSecond = Number.NaN;
let lastText = "";

/** ISO 8601 in UTC with milliseconds. What all times of a second have in common is made once. */
export function formatTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1_000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1_000).toISOString().slice(0, -millisecondDigits);
    lastSecond = second;
  }
  const ms = Math.floor(timeMs) - second * 1_000;
  return `${lastText}${ms < 10 ? "00" : ms < 100 ? "0" : ""}${ms}Z`;
}
