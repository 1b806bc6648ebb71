import type { CostSpec, Posting, PriceSpec } from "../syntax/directives.ts";
import { BookError } from "../syntax/fault.ts";
import type { WrittenNumber } from "../syntax/written-number.ts";
import type { BookedCost } from "./booked.ts";
import type { Inventories } from "./inventory.ts";

/** A posting on its way to being booked: its currencies are known, some numbers may not be. */
export interface Draft {
  readonly source: Posting;
  readonly number: WrittenNumber | null;
  readonly currency: string;
  /** A lot's own cost once a reduction found it. */
  readonly cost: BookedCost | (CostSpec & { readonly currency: string }) | null;
  readonly price: (PriceSpec & { readonly currency: string }) | null;
  /** The currency that it is weighed in. */
  readonly group: string;
}

interface Currencies {
  readonly units: string | null;
  readonly cost: string | null;
  readonly price: string | null;
}

/**
 * Finds the currencies that postings leave out: from the only other group of the transaction, else from what the account
 * holds. A posting without any amount becomes one draft for each currency group.
 */
export function draftPostings(postings: readonly Posting[], inventories: Inventories): Draft[] {
  const partial = postings.map((posting) => ({ posting, currencies: currenciesOf(posting) }));
  const groups = new Set(partial.flatMap(({ posting, currencies }) => groupOf(posting, currencies) ?? []));
  const unknown = partial.filter(({ posting, currencies }) => posting.units && groupOf(posting, currencies) === null);
  const soleGroup = unknown.length === 1 && groups.size === 1 ? [...groups][0] : undefined;
  const drafts = partial.map(({ posting, currencies }) =>
    posting.units ? draftOf(posting, resolve(posting, currencies, soleGroup ?? null, inventories)) : null,
  );
  const allGroups = new Set(drafts.flatMap((draft) => draft?.group ?? []));
  const [, secondElided] = postings.filter((posting) => !posting.units);
  if (secondElided)
    throw new BookError(secondElided.line, "only one posting of a transaction may leave out its amount");
  return postings.flatMap((posting, index) => drafts[index] ?? elidedDrafts(posting, allGroups));
}

function elidedDrafts(posting: Posting, groups: ReadonlySet<string>): Draft[] {
  if (groups.size === 0) throw new BookError(posting.line, "no other posting says what this one amounts to");
  const nothing = { number: null, cost: null, price: null };
  return [...groups].map((group) => ({ source: posting, ...nothing, currency: group, group }));
}

function currenciesOf({ units, cost, price }: Posting): Currencies {
  const costCurrency = cost && (cost.currency ?? price?.currency ?? null);
  const priceCurrency = price && (price.currency ?? cost?.currency ?? null);
  return { units: units?.currency ?? null, cost: costCurrency, price: priceCurrency };
}

function groupOf({ cost, price }: Posting, currencies: Currencies): string | null {
  if (cost) return currencies.cost;
  return price ? currencies.price : currencies.units;
}

function resolve(posting: Posting, known: Currencies, soleGroup: string | null, inventories: Inventories): Currencies {
  const held = inventories.of(posting.account);
  const valued = posting.cost !== null || posting.price !== null;
  const value = soleGroup ?? held.soleCostCurrency();
  return {
    units: known.units ?? (valued ? null : soleGroup) ?? held.soleCurrency(),
    cost: posting.cost && (known.cost ?? value),
    price: posting.price && (known.price ?? value),
  };
}

function draftOf(posting: Posting, { units, cost, price }: Currencies): Draft {
  const missing = (what: string): never => {
    throw new BookError(posting.line, `the currency of the ${what} is left out and cannot be inferred`);
  };
  const currency = units ?? missing("amount");
  const draftCost = posting.cost && { ...posting.cost, currency: cost ?? missing("cost") };
  const draftPrice = posting.price && { ...posting.price, currency: price ?? missing("price") };
  return {
    source: posting,
    number: posting.units?.number ?? null,
    currency,
    cost: draftCost,
    price: draftPrice,
    group: draftCost?.currency ?? draftPrice?.currency ?? currency,
  };
}
