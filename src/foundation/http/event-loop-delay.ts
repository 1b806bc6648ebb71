import { startInterval } from "../telemetry/timer.ts";

const sampleMs = 50;

export interface EventLoopDelay {
  /** How late the last timer came, or how late the next one is by now: whichever is more, in milliseconds. */
  readonly currentMs: () => number;
  readonly stop: () => void;
}

/** Measures how far behind a process is by how late its timers come. Keeps no process alive. */
export function watchEventLoopDelay(): EventLoopDelay {
  let due = performance.now() + sampleMs;
  let lastMs = 0;
  const timer = startInterval(() => {
    const now = performance.now();
    lastMs = Math.max(0, now - due);
    due = now + sampleMs;
  }, sampleMs);
  return {
    currentMs: () => Math.max(lastMs, performance.now() - due),
    stop: () => clearInterval(timer),
  };
}
