import { SlidingWindow, spanMsOf, spansCounted } from "./sliding-window.ts";
import type { Charge, RateLimitPolicy, RateLimitStore } from "./store.ts";

export interface MemoryStoreOptions {
  /** Most keys that are kept of each policy; 100,000 by default. Beyond them those that were idle longest are forgotten. */
  readonly keysMax?: number;
  /** Milliseconds of a clock that nobody sets, so that no window lasts for days; `performance.now` by default. */
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

  constructor({ keysMax = 100_000, nowMs = () => performance.now() }: MemoryStoreOptions = {}) {
    this.#keysMax = keysMax;
    this.#nowMs = nowMs;
  }

  /** How many windows are kept: never more than `keysMax` for each policy. */
  get size(): number {
    let size = 0;
    for (const ledger of this.#ledgers.values()) size += ledger.size;
    return size;
  }

  take(policy: RateLimitPolicy, key: string, cost: number): Charge {
    let ledger = this.#ledgers.get(policy);
    if (ledger === undefined) {
      ledger = new KeyedWindows(spanMsOf(policy.windowSeconds), Math.ceil(this.#keysMax / 2));
      this.#ledgers.set(policy, ledger);
    }
    const nowMs = this.#nowMs();
    return ledger.windowOf(key, nowMs).take(cost, policy.limit, ledger.spanMs, nowMs);
  }

  giveBack(policy: RateLimitPolicy, key: string, cost: number, charge: Charge): void {
    this.#ledgers.get(policy)?.find(key)?.giveBack(cost, policy.limit, charge.span);
  }
}

/**
 * The windows of one policy in two generations. What is used moves to the young one; when that is full, or older than a window,
 * it becomes the old one, and what was not used meanwhile goes, all at once. Taking keys from a large map one by one would
 * cost ever more the longer it goes on.
 */
class KeyedWindows {
  #young = new Map<string, SlidingWindow>();
  #old: ReadonlyMap<string, SlidingWindow> = new Map();
  #turnsAtMs = 0;

  readonly spanMs: number;
  readonly #generationMax: number;

  constructor(spanMs: number, generationMax: number) {
    this.spanMs = spanMs;
    this.#generationMax = generationMax;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string): SlidingWindow | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  windowOf(key: string, nowMs: number): SlidingWindow {
    if (nowMs >= this.#turnsAtMs) this.#turn(nowMs);
    const used = this.#young.get(key);
    if (used !== undefined) return used;
    const window = this.#old.get(key) ?? new SlidingWindow();
    if (this.#young.size >= this.#generationMax) this.#turn(nowMs);
    this.#young.set(key, window);
    return window;
  }

  #turn(nowMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#turnsAtMs = nowMs + spansCounted * this.spanMs;
  }
}
