import { listCurrencies } from "../../domain/currency.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  findLinesOutsideAccountDates,
  findMisdatedLines,
  findTooPreciseAmounts,
  findUnbalancedEntries,
  findWrongWeights,
} from "./entry-repository.ts";
import { findBrokenVoids, findChangedEntries, findEntriesInClosedPeriods } from "./history-repository.ts";
import { type Checked, countChecked, type Findings } from "./repository.ts";
import type { InvariantName } from "./schemas.ts";
import { findUnbalancedCommodities, findWrongBalances, findWrongTotals } from "./total-repository.ts";

export type Status = "ok" | "failed";

export interface Invariant extends Findings {
  readonly name: InvariantName;
  readonly status: Status;
}

export interface Verification {
  /** `ok` when every invariant holds. */
  readonly status: Status;
  /** How much there was to look at: all that the book has. */
  readonly checked: Checked;
  /** Every one, whether it holds or not. */
  readonly invariants: readonly Invariant[];
}

const isoPlaces = Object.fromEntries(listCurrencies().map(({ code, places }) => [code, places]));

const searches: Readonly<Record<InvariantName, (tx: Tx, bookId: string) => Promise<Findings>>> = {
  entries_balance: findUnbalancedEntries,
  lines_dated: findMisdatedLines,
  weights: findWrongWeights,
  totals_equal_lines: findWrongTotals,
  book_sums_to_zero: findUnbalancedCommodities,
  amounts_fit_places: (tx, bookId) => findTooPreciseAmounts(tx, { bookId, isoPlaces }),
  lines_within_account_dates: findLinesOutsideAccountDates,
  balances_equal_lines: findWrongBalances,
  voids_mirror: findBrokenVoids,
  posted_unchanged: findChangedEntries,
  closed_periods_kept: findEntriesInClosedPeriods,
};

/**
 * Whether a book is what it promises to be, recomputed from its lines: every invariant by name, with how often it is
 * broken and up to ten examples. What posting or the database already refuse is looked for all the same, whoever wrote.
 *
 * One statement an invariant, each of which reads the book once: the cost grows linearly with its lines. The findings
 * are of one moment when `tx` is read-only (one snapshot).
 */
export async function verifyBook(tx: Tx, { bookId }: { readonly bookId: string }): Promise<Verification> {
  const search = async ([name, find]: [string, (typeof searches)[InvariantName]]): Promise<Invariant> => {
    const findings = await find(tx, bookId);
    return { name: name as InvariantName, status: findings.violations === 0 ? "ok" : "failed", ...findings };
  };
  const [checked, invariants] = await Promise.all([
    countChecked(tx, bookId),
    Promise.all(Object.entries(searches).map(search)),
  ]);
  const status = invariants.every((invariant) => invariant.status === "ok") ? "ok" : "failed";
  return { status, checked, invariants };
}
