import type { HrTime } from "@opentelemetry/api";

/** Milliseconds since 1970 as seconds and nanoseconds. */
export function toHrTime(timeMs: number): HrTime {
  const seconds = Math.trunc(timeMs / 1_000);
  return [seconds, Math.round((timeMs - seconds * 1_000) * 1e6)];
}
