import type Big from "big.js";
import type { Amount, Posting, Transaction } from "../syntax/directives.ts";

/** What one unit of a lot cost. */
export interface BookedCost {
  /** Exact, or a quotient of 28 significant digits where the book gives a total. */
  readonly unit: Big;
  readonly currency: string;
  readonly date: string;
  readonly label: string | null;
}

export interface BookedPrice {
  readonly unit: Big;
  readonly currency: string;
}

/** A posting with nothing left out. */
export interface BookedPosting {
  readonly source: Posting;
  readonly account: string;
  readonly units: Amount;
  readonly cost: BookedCost | null;
  readonly price: BookedPrice | null;
  /** What it counts for, exactly as the book says it: by its cost, else its price, else itself. */
  readonly weight: { readonly value: Big; readonly currency: string };
}

export interface BookedTransaction {
  readonly source: Omit<Transaction, "postings">;
  readonly postings: readonly BookedPosting[];
}
