/** How a key stands in its window. */
export interface WindowCount {
  readonly totalHits: number;
  readonly resetTime: Date;
}

export interface MemoryStoreOptions {
  readonly windowMs: number;
  /** Most keys that are kept; beyond it the oldest window is forgotten. 100,000 by default. */
  readonly keysMax?: number;
  readonly now?: () => Date;
}

interface Window {
  hits: number;
  readonly resetMs: number;
}

/**
 * Counts hits a key in fixed windows, in this process's memory: bounded, without timers, and with work that does not
 * grow with the number of keys. A window starts with a key's first hit. Windows are kept in the order in which they
 * started, so the ended ones stand in front and go as new ones come.
 *
 * It has the shape of hono-rate-limiter's store. Several processes each count for themselves.
 */
export class MemoryStore {
  readonly #windows = new Map<string, Window>();
  readonly #windowMs: number;
  readonly #keysMax: number;
  readonly #now: () => Date;

  constructor(options: MemoryStoreOptions) {
    this.#windowMs = options.windowMs;
    this.#keysMax = options.keysMax ?? 100_000;
    this.#now = options.now ?? (() => new Date());
  }

  /** How many keys are kept: never over `keysMax`. */
  get size(): number {
    return this.#windows.size;
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

  decrement(key: string): void {
    const window = this.#windows.get(key);
    if (window !== undefined && window.hits > 0) window.hits--;
  }

  resetKey(key: string): void {
    this.#windows.delete(key);
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

  /** Two for each that comes: the ended ones run out, and no single request pays for all of them. */
  #forgetEnded(nowMs: number): void {
    for (let turn = 0; turn < 2; turn++) {
      const [oldest] = this.#windows;
      if (oldest === undefined) return;
      const [key, window] = oldest;
      if (window.resetMs <= nowMs || this.#windows.size >= this.#keysMax) this.#windows.delete(key);
    }
  }
}

function toCount(window: Window): WindowCount {
  return { totalHits: window.hits, resetTime: new Date(window.resetMs) };
}
