import type { Charge } from "../../../src/foundation/rate-limit/index.ts";

/** What a sliding window promises, said the plain way: a list of everything that was admitted. */
export class SlidingModel {
  readonly #limit: number;
  readonly #spanMs: number;
  readonly #admitted: { readonly span: number; units: number }[] = [];

  constructor(limit: number, windowSeconds: number) {
    this.#limit = limit;
    this.#spanMs = windowSeconds * 100;
  }

  /** What a charge must be that is made in this span; `freeAtMs` is what it waits for. */
  take(cost: number, span: number): Omit<Charge, "waitMs" | "span"> & { readonly freeAtMs: number } {
    const counted = this.#admitted.filter((each) => each.span >= span - 10);
    const before = counted.reduce((sum, { units }) => sum + units, 0);
    const wanted = Math.min(cost, this.#limit);
    const admitted = before + wanted <= this.#limit;
    if (admitted) {
      const entry = { span, units: wanted };
      this.#admitted.push(entry);
      counted.push(entry);
    }
    const spent = admitted ? before + wanted : before;
    let lacking = admitted ? 1 : before + wanted - this.#limit;
    let freed = span;
    for (const each of counted.toSorted((left, right) => left.span - right.span)) {
      lacking -= each.units;
      freed = each.span;
      if (lacking <= 0) break;
    }
    return { admitted, spent, freeAtMs: (freed + 11) * this.#spanMs };
  }
}
