import { SlidingWindow, spanMsOf, spansCounted } from "./sliding-window.ts";
import type { Charge, RateLimitPolicy, RateLimitStore } from "./store.ts";

export interface MemoryStoreOptions {
  /** Most keys that are kept of each policy; 100,000 by default. Beyond them those that were idle longest are forgotten. */
  readonly keysMax?: number;
  /** Milliseconds of the wall clock. */
  readonly nowMs?: () => number;
}

/**
 * Counts in this process's memory, without timers and at the same cost for any number of keys. Several processes each
 * count for themselves.
 */
export class MemoryStore implements RateLimitStore {
  readonly #ledgers = new Map<RateLimitPolicy, KeyedWindows>();
  readonly #keysMax: number;
  readonly #nowMs: () => number;

  constructor({ keysMax = 100_000, nowMs = Date.now }: MemoryStoreOptions = {}) {
    this.#keysMax = keysMax;
    this.#nowMs = nowMs;
  }

  /** How many windows are kept: never more than `keysMax` for each policy. */
  get size(): number {
    let size = 0;
    for (const ledger of this.#ledgers.values()) size += ledger.size;
    return size;
  }

  increment(key: string): WindowCount {
    const nowMs = this.#now().getTime();
    const running = this.#windows.get(key);
    const window = running !== undefined && this.#isRunning(running, nowMs) ? running : this.#open(key, nowMs);
    window.hits++;
    return toCount(window);
  }

  get(key: string): WindowCount | undefined {
    const window = this.#windows.get(key);
    return window !== undefined && this.#isRunning(window, this.#now().getTime()) ? toCount(window) : undefined;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string): SlidingWindow | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** One that would take longer than a window was begun by a clock that has been set back since. */
  #isRunning({ resetMs }: Window, nowMs: number): boolean {
    return resetMs > nowMs && resetMs - nowMs <= this.#windowMs;
  }

  #open(key: string, nowMs: number): Window {
    this.#windows.delete(key);
    this.#forgetEnded(nowMs);
    const window = { hits: 0, resetMs: nowMs + this.#windowMs };
    this.#windows.set(key, window);
    return window;
  }

  #turn(nowMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#turnsAtMs = nowMs + spansCounted * this.spanMs;
  }
}
