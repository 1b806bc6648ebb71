import type Big from "big.js";
import { exactNumber, quotientOf, ZERO } from "../syntax/written-number.ts";
import type { BookedCost } from "./booked.ts";
import type { Draft } from "./draft.ts";
import { Inventory, type Lot } from "./inventory.ts";
import { type BookingMethod, selectLots } from "./select-lots.ts";

/** Whether a draft's cost was decided already. */
export function isBookedCost(cost: NonNullable<Draft["cost"]>): cost is BookedCost {
  return "unit" in cost;
}

/**
 * Books one draft against what its account holds. A reduction becomes one draft for each lot that it takes from, each
 * with that lot's cost; anything else comes back as it is. `held` is changed, so that the next draft sees what is left.
 */
export function bookReduction(draft: Draft, held: Inventory, method: BookingMethod): Draft[] {
  const { cost, number, currency, source } = draft;
  if (!cost || !number || isBookedCost(cost)) return [draft];
  if (method === "NONE" || !held.isReducedBy(currency, number.value)) return [draft];
  const unit = unitCostOf(cost, number.value);
  const matches = held.lots().filter((lot) => isMatch(lot, draft, cost, unit));
  return selectLots(method, matches, number.value, source.line).map((reduction) => {
    held.add(currency, reduction.number, reduction.lot.cost);
    const taken = reduction.number.eq(number.value) ? number : exactNumber(reduction.number);
    return { ...draft, number: taken, cost: reduction.lot.cost, group: reduction.lot.cost?.currency ?? draft.group };
  });
}

/** A copy that one transaction may change before it is known to be right. */
export function copyOf(inventory: Inventory): Inventory {
  const copy = new Inventory();
  for (const { currency, number, cost } of inventory.lots()) copy.add(currency, number, cost);
  return copy;
}

type CostOfDraft = Exclude<NonNullable<Draft["cost"]>, BookedCost>;

function isMatch(lot: Lot, draft: Draft, cost: CostOfDraft, unit: Big | null): boolean {
  return (
    lot.currency === draft.currency &&
    lot.cost !== null &&
    (draft.number === null || lot.number.times(draft.number.value).lt(ZERO)) &&
    (unit === null || lot.cost.unit.eq(unit)) &&
    lot.cost.currency === cost.currency &&
    (cost.date === null || lot.cost.date === cost.date) &&
    (cost.label === null || lot.cost.label === cost.label)
  );
}

function unitCostOf({ perUnit, total }: CostOfDraft, number: Big): Big | null {
  if (perUnit === "missing" || total === "missing" || perUnit === null) return null;
  if (total === null) return perUnit.value;
  return quotientOf(perUnit.value.times(number.abs()).plus(total.value), number.abs());
}
