import type Big from "big.js";
import type { Balance, Posting } from "../syntax/directives.ts";
import type { BookOptions } from "../syntax/options.ts";
import { Exact, HALF_EVEN, placesOf, ZERO } from "../syntax/written-number.ts";

const COST_TOLERANCE_MAX = new Exact("0.5");

/** A quantum of so many significant digits or more was inferred, not chosen: interpolation does not round to it. */
const QUANTUM_DIGITS_MAX = 5;

/** How far each currency of one transaction may be off. */
export class Tolerances {
  readonly #byCurrency: ReadonlyMap<string, Big>;

  constructor(byCurrency: ReadonlyMap<string, Big>) {
    this.#byCurrency = byCurrency;
  }

  of(currency: string): Big {
    return this.#byCurrency.get(currency) ?? this.#byCurrency.get("*") ?? ZERO;
  }

  /** Rounds an interpolated number to the precision that the transaction's own amounts show. */
  quantize(currency: string, number: Big): Big {
    const quantum = this.of(currency).times(new Exact("2"));
    if (quantum.eq(ZERO) || quantum.c.length >= QUANTUM_DIGITS_MAX) return number;
    return number.round(placesOf(quantum), HALF_EVEN);
  }
}

/**
 * The tolerances that a transaction's amounts imply: per currency of the units, half of the last digit written, the
 * coarsest of several; whole numbers say nothing. The book's options set the multiplier, defaults and the use of costs.
 * @see https://beancount.github.io/docs/precision_tolerances.html
 */
export function inferTolerances(postings: readonly Posting[], options: BookOptions): Tolerances {
  const tolerances = new Map(options.toleranceDefaults);
  const fromCosts = new Map<string, Big>();
  for (const { units, cost, price } of postings) {
    if (!units?.number || units.currency === null || units.number.scale === 0) continue;
    const tolerance = unitOf(units.number.scale).times(options.toleranceMultiplier);
    widen(tolerances, units.currency, tolerance);
    if (!options.inferToleranceFromCost) continue;
    if (cost?.currency) {
      const numbers = [cost.total, cost.perUnit].filter((number) => number !== null && number !== "missing");
      addTo(fromCosts, cost.currency, capped(numbers.map((number) => tolerance.times(number.value))));
    }
    if (price?.currency && price.number)
      addTo(fromCosts, price.currency, capped([tolerance.times(price.number.value)]));
  }
  for (const [currency, tolerance] of fromCosts) widen(tolerances, currency, tolerance);
  return new Tolerances(tolerances);
}

/** What a balance assertion allows: its own tolerance, or twice that of an amount written like its own. */
export function balanceToleranceOf(balance: Balance, options: BookOptions): Big {
  if (balance.tolerance) return balance.tolerance.value;
  const { scale } = balance.amount.number;
  return scale === 0 ? ZERO : unitOf(scale).times(options.toleranceMultiplier).times(new Exact("2"));
}

function unitOf(scale: number): Big {
  return new Exact(`1e-${scale}`);
}

function widen(tolerances: Map<string, Big>, currency: string, tolerance: Big): void {
  const known = tolerances.get(currency);
  if (!known?.gte(tolerance)) tolerances.set(currency, tolerance);
}

function addTo(sums: Map<string, Big>, currency: string, value: Big): void {
  sums.set(currency, sums.get(currency)?.plus(value) ?? value);
}

function capped(values: readonly Big[]): Big {
  return values.reduce((least, value) => (value.lt(least) ? value : least), COST_TOLERANCE_MAX);
}
