import type Big from "big.js";
import { ZERO } from "../syntax/written-number.ts";
import type { BookedCost } from "./booked.ts";

/** Units of one commodity, held at one cost or at none. */
export interface Lot {
  readonly currency: string;
  readonly number: Big;
  readonly cost: BookedCost | null;
}

/** The lots that an account holds. */
export class Inventory {
  readonly #lots = new Map<string, Lot>();

  add(currency: string, number: Big, cost: BookedCost | null): void {
    const key = JSON.stringify([currency, cost && [cost.unit.toFixed(), cost.currency, cost.date, cost.label]]);
    const total = this.#lots.get(key)?.number.plus(number) ?? number;
    if (total.eq(ZERO)) this.#lots.delete(key);
    else this.#lots.set(key, { currency, number: total, cost });
  }

  lots(): Lot[] {
    return [...this.#lots.values()];
  }

  /** Whether units of that sign take something away that is held. */
  isReducedBy(currency: string, number: Big): boolean {
    return this.lots().some((lot) => lot.currency === currency && lot.number.times(number).lt(ZERO));
  }

  /** The one currency that is held, or null. */
  soleCurrency(): string | null {
    return soleOf(this.lots().map((lot) => lot.currency));
  }

  /** The one currency in which costs are held, or null. */
  soleCostCurrency(): string | null {
    return soleOf(this.lots().flatMap((lot) => (lot.cost ? [lot.cost.currency] : [])));
  }
}

/** The inventories of a book's accounts. */
export class Inventories {
  readonly #byAccount = new Map<string, Inventory>();

  of(account: string): Inventory {
    const inventory = this.#byAccount.get(account) ?? new Inventory();
    this.#byAccount.set(account, inventory);
    return inventory;
  }
}

export function formatLot({ number, currency, cost }: Lot): string {
  if (!cost) return `${number.toFixed()} ${currency}`;
  const label = cost.label === null ? "" : `, ${JSON.stringify(cost.label)}`;
  return `${number.toFixed()} ${currency} {${cost.unit.toFixed()} ${cost.currency}, ${cost.date}${label}}`;
}

function soleOf(values: readonly string[]): string | null {
  const [first, ...others] = new Set(values);
  return first !== undefined && others.length === 0 ? first : null;
}
