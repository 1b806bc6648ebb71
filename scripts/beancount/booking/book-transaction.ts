import type Big from "big.js";
import type { Transaction } from "../syntax/directives.ts";
import { BookError } from "../syntax/fault.ts";
import type { BookOptions } from "../syntax/options.ts";
import { ZERO } from "../syntax/written-number.ts";
import type { BookedPosting, BookedTransaction } from "./booked.ts";
import { type Draft, draftPostings } from "./draft.ts";
import { interpolateGroup } from "./interpolate.ts";
import type { Inventories, Inventory } from "./inventory.ts";
import { bookReduction, copyOf } from "./reduce.ts";
import type { BookingMethod } from "./select-lots.ts";
import { inferTolerances, type Tolerances } from "./tolerances.ts";

export interface BookingContext {
  readonly inventories: Inventories;
  readonly methodOf: (account: string) => BookingMethod;
  readonly options: BookOptions;
}

/**
 * Books one transaction: finds what it leaves out, takes reductions from lots that are held, and checks that it balances
 * within its tolerance. The inventories change only when all of it is right.
 * @throws BookError with the line that is wrong
 */
export function bookTransaction(transaction: Transaction, context: BookingContext): BookedTransaction {
  const { postings: source, ...header } = transaction;
  const tolerances = inferTolerances(source, context.options);
  const drafts = reduceAll(draftPostings(source, context.inventories), context);
  const booked = new Map<Draft, BookedPosting | null>();
  for (const group of Map.groupBy(drafts, (draft) => draft.group).values()) {
    for (const [draft, posting] of interpolateGroup(group, tolerances, transaction.date)) booked.set(draft, posting);
  }
  const postings = drafts.flatMap((draft) => booked.get(draft) ?? []);
  assertBalanced(postings, tolerances, transaction.line);
  for (const { account, units, cost } of postings) {
    context.inventories.of(account).add(units.currency, units.number.value, cost);
  }
  return { source: header, postings };
}

function reduceAll(drafts: readonly Draft[], { inventories, methodOf }: BookingContext): Draft[] {
  const held = new Map<string, Inventory>();
  return drafts.flatMap((draft) => {
    if (!draft.cost) return [draft];
    const { account } = draft.source;
    const inventory = held.get(account) ?? copyOf(inventories.of(account));
    held.set(account, inventory);
    return bookReduction(draft, inventory, methodOf(account));
  });
}

function assertBalanced(postings: readonly BookedPosting[], tolerances: Tolerances, line: number): void {
  const residuals = new Map<string, Big>();
  for (const { weight } of postings) {
    residuals.set(weight.currency, (residuals.get(weight.currency) ?? ZERO).plus(weight.value));
  }
  const faults = [...residuals]
    .filter(([currency, residual]) => residual.abs().gt(tolerances.of(currency)))
    .map(
      ([currency, residual]) => `${residual.toFixed()} ${currency} (tolerance ${tolerances.of(currency).toFixed()})`,
    );
  if (faults.length > 0) throw new BookError(line, `the transaction does not balance: ${faults.join(", ")}`);
}
