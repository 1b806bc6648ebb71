import type { Charge } from "./store.ts";

/** A window is counted in spans of a tenth of it. */
const spansPerWindow = 10;
/** As a window that ends within a span begins within another, it touches one more. */
export const spansCounted = spansPerWindow + 1;

/** How long a span of a window is, in whole milliseconds. */
export function spanMsOf(windowSeconds: number): number {
  return (windowSeconds * 1_000) / spansPerWindow;
}

/**
 * The units that one key has spent, by span. What it counts at any time covers the whole window that ends then, and at most
 * a span more: so no window whatever, wherever it begins, holds more units than the limit.
 */
export class SlidingWindow {
  /** By the span's number modulo {@link spansCounted}. */
  readonly #units = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  #newest = 0;
  #spent = 0;

  take(cost: number, limit: number, spanMs: number, nowMs: number): Charge {
    this.#moveTo(Math.floor(nowMs / spanMs));
    const wanted = Math.min(cost, limit);
    const admitted = this.#spent + wanted <= limit;
    const span = this.#newest;
    if (admitted) {
      const at = span % spansCounted;
      this.#units[at] = (this.#units[at] ?? 0) + wanted;
      this.#spent += wanted;
    }
    const freed = admitted ? 1 : this.#spent + wanted - limit;
    return { admitted, spent: this.#spent, waitMs: this.#untilFreed(freed, spanMs) - nowMs, span };
  }

  giveBack(cost: number, limit: number, span: number): void {
    if (span > this.#newest || span <= this.#newest - spansCounted) return;
    const at = span % spansCounted;
    const units = Math.min(this.#units[at] ?? 0, cost, limit);
    this.#units[at] = (this.#units[at] ?? 0) - units;
    this.#spent -= units;
  }

  /** Forgets the spans that no window of now touches. A clock that went back counts on where it was. */
  #moveTo(span: number): void {
    if (span <= this.#newest) return;
    for (let gone = Math.max(this.#newest + 1, span - spansPerWindow); gone <= span; gone++) {
      const at = gone % spansCounted;
      this.#spent -= this.#units[at] ?? 0;
      this.#units[at] = 0;
    }
    this.#newest = span;
  }

  /** When so many of the spent units are not counted any more. */
  #untilFreed(units: number, spanMs: number): number {
    let freed = 0;
    let span = this.#newest - spansCounted;
    while (freed < units && span < this.#newest) {
      span++;
      freed += this.#units[span % spansCounted] ?? 0;
    }
    return (span + spansCounted) * spanMs;
  }
}
