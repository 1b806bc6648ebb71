import type Big from "big.js";
import { BookError } from "../syntax/fault.ts";
import { exactNumber, quotientOf, ZERO } from "../syntax/written-number.ts";
import type { BookedPosting } from "./booked.ts";
import { completeByWeight, completeDraft, missingNumbersOf } from "./complete.ts";
import type { Draft } from "./draft.ts";
import { isBookedCost } from "./reduce.ts";
import type { Tolerances } from "./tolerances.ts";

/**
 * Fills in what one currency group leaves out, at most one number, so that the group's weights add up to zero, within the
 * precision of its amounts. A posting that left out its amount and has nothing to balance is null, and gone.
 */
export function interpolateGroup(
  drafts: readonly Draft[],
  tolerances: Tolerances,
  date: string,
): Map<Draft, BookedPosting | null> {
  const incomplete = drafts.filter((draft) => missingNumbersOf(draft).length > 0);
  const [open, second] = incomplete;
  if (second || (open && missingNumbersOf(open).length > 1)) {
    const line = (second ?? open)?.source.line ?? 0;
    throw new BookError(line, `more than one number is left out among the postings in ${open?.group}`);
  }
  const booked = new Map<Draft, BookedPosting | null>();
  let residual = ZERO;
  for (const draft of drafts) {
    if (draft === open || !draft.number) continue;
    const posting = completeDraft(draft, draft.number, date);
    residual = residual.plus(posting.weight.value);
    booked.set(draft, posting);
  }
  if (open) booked.set(open, fillIn(open, residual.neg(), tolerances, date));
  return booked;
}

function fillIn(draft: Draft, weight: Big, tolerances: Tolerances, date: string): BookedPosting | null {
  if (draft.number) {
    if (missingNumbersOf(draft).includes("price") && draft.cost) {
      throw new BookError(draft.source.line, "the price of units held at cost cannot be inferred");
    }
    return completeByWeight(draft, draft.number, weight, date);
  }
  if (weight.eq(ZERO)) return null;
  const units = tolerances.quantize(draft.currency, unitsFor(draft, weight));
  return completeDraft(draft, exactNumber(units), date);
}

function unitsFor({ cost, price, source }: Draft, weight: Big): Big {
  if (cost && !isBookedCost(cost)) {
    const perUnit = cost.perUnit === "missing" ? null : cost.perUnit;
    const total = cost.total === "missing" ? null : cost.total;
    const units = perUnit && quotientOf(weight.minus(total?.value ?? ZERO), perUnit.value);
    if (!units) throw new BookError(source.line, "the units cannot be inferred from a total cost alone");
    return units;
  }
  if (!price?.number) return weight;
  if (price.isTotal) throw new BookError(source.line, "a total price needs units");
  const units = quotientOf(weight, price.number.value);
  if (!units) throw new BookError(source.line, "the units cannot be inferred from a price of zero");
  return units;
}
