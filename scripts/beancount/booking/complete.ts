import type Big from "big.js";
import { BookError } from "../syntax/fault.ts";
import { quotientOf, type WrittenNumber, ZERO } from "../syntax/written-number.ts";
import type { BookedCost, BookedPosting, BookedPrice } from "./booked.ts";
import type { Draft } from "./draft.ts";
import { isBookedCost } from "./reduce.ts";

/** Which of a draft's numbers are missing. */
export function missingNumbersOf({ number, cost, price }: Draft): ("units" | "cost" | "price")[] {
  const missing: ("units" | "cost" | "price")[] = [];
  if (!number) missing.push("units");
  if (cost && !isBookedCost(cost)) {
    if (cost.perUnit === "missing") missing.push("cost");
    if (cost.total === "missing") missing.push("cost");
  }
  if (price && !price.number) missing.push("price");
  return missing;
}

/** Books a draft that misses nothing. `date` is the transaction's, which a lot without its own date takes. */
export function completeDraft(draft: Draft, number: WrittenNumber, date: string): BookedPosting {
  const cost = draft.cost && costOf(draft, draft.cost, number.value, date);
  const price = draft.price?.number ? priceOf(draft, draft.price.number.value, number.value) : null;
  const weight = cost?.weight ?? price?.weight ?? number.value;
  return bookedPosting(draft, number, cost?.cost ?? null, price?.price ?? null, weight);
}

/** Books a draft whose cost or price is what the rest of the transaction leaves for it to weigh. */
export function completeByWeight(draft: Draft, number: WrittenNumber, weight: Big, date: string): BookedPosting {
  const { cost, price, group: currency, source } = draft;
  const unit = quotientOf(weight, number.value);
  if (!unit) throw new BookError(source.line, "the cost or price of no units cannot be inferred");
  if (unit.lt(ZERO))
    throw new BookError(source.line, `the inferred cost or price is negative: ${unit.toFixed()} ${currency}`);
  if (!cost) return bookedPosting(draft, number, null, { unit, currency }, weight);
  if (isBookedCost(cost)) throw new BookError(source.line, "the price of units held at cost cannot be inferred");
  const marked = price?.number ? priceOf(draft, price.number.value, number.value).price : null;
  const lot = { unit, currency, date: cost.date ?? date, label: cost.label };
  return bookedPosting(draft, number, lot, marked, weight);
}

function bookedPosting(
  { source, currency, group }: Draft,
  number: WrittenNumber,
  cost: BookedCost | null,
  price: BookedPrice | null,
  weight: Big,
): BookedPosting {
  const units = { number, currency };
  return { source, account: source.account, units, cost, price, weight: { value: weight, currency: group } };
}

function costOf(
  { source }: Draft,
  cost: NonNullable<Draft["cost"]>,
  number: Big,
  date: string,
): { cost: BookedCost; weight: Big } {
  if (isBookedCost(cost)) return { cost, weight: cost.unit.times(number) };
  if (number.eq(ZERO)) throw new BookError(source.line, "no units cannot be held at a cost");
  if (cost.perUnit === "missing" || cost.perUnit === null || cost.total === "missing") {
    throw new BookError(source.line, "the cost has no number");
  }
  const perUnits = cost.perUnit.value.times(number.abs());
  const total = cost.total ? perUnits.plus(cost.total.value) : perUnits;
  const unit = cost.total ? quotientOf(total, number.abs()) : cost.perUnit.value;
  if (!unit || unit.lt(ZERO)) throw new BookError(source.line, "a cost cannot be negative");
  const lot = { unit, currency: cost.currency, date: cost.date ?? date, label: cost.label };
  return { cost: lot, weight: number.lt(ZERO) ? total.neg() : total };
}

function priceOf({ price, source, group }: Draft, given: Big, number: Big): { price: BookedPrice; weight: Big } {
  const currency = price?.currency ?? group;
  if (given.lt(ZERO)) throw new BookError(source.line, "a price cannot be negative");
  if (!price?.isTotal) return { price: { unit: given, currency }, weight: given.times(number) };
  const unit = quotientOf(given, number.abs());
  if (!unit) throw new BookError(source.line, "a total price needs units");
  return { price: { unit, currency }, weight: number.lt(ZERO) ? given.neg() : given };
}
