import type { TrialBalanceTotal } from "../../client/api-schemas.ts";
import type { AssertionResult } from "./check-assertions.ts";

export interface ImportCounts {
  commodities: number;
  accounts: number;
  prices: number;
  entries: number;
  voids: number;
  closings: number;
  deactivations: number;
}

/** What the API has confirmed so far, each thing in one count. It is true at any moment, an import that stops half-way included. */
export interface ImportProgress {
  readonly imported: ImportCounts;
  /** What the API answered as a replay: sent before, by this run or an earlier one, and not added again. */
  readonly replayed: ImportCounts;
  /** What the book had before this run, and was not sent. */
  readonly found: ImportCounts;
  readonly assertions: AssertionResult[];
  totals: readonly TrialBalanceTotal[] | null;
}

export function emptyProgress(): ImportProgress {
  return { imported: noCounts(), replayed: noCounts(), found: noCounts(), assertions: [], totals: null };
}

/** How many of a kind are in the book for certain, whenever they came there. */
export function confirmedOf({ imported, replayed, found }: ImportProgress, kind: keyof ImportCounts): number {
  return imported[kind] + replayed[kind] + found[kind];
}

function noCounts(): ImportCounts {
  return { commodities: 0, accounts: 0, prices: 0, entries: 0, voids: 0, closings: 0, deactivations: 0 };
}
