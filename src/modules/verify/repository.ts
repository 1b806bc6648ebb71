import type { Tx } from "../../foundation/db/index.ts";

/** Where an invariant is broken, and how; absent is what the example is not about. */
export interface Violation {
  readonly entry_id?: string;
  readonly position?: number;
  readonly account_id?: string;
  readonly commodity?: string;
  readonly date?: string;
  readonly detail: string;
}

export interface Findings {
  readonly violations: number;
  /** The first ten. */
  readonly examples: readonly Violation[];
}

export interface Checked {
  readonly entries: number;
  readonly lines: number;
  readonly accounts: number;
}

/*
 * Each statement ends alike: `violation` has a row per violation, ranked, with what to show of it. Lines meet entries
 * and accounts by primary key, and sums meet sums in a GROUP BY over a UNION ALL rather than in a join, so that no plan
 * made without statistics is worse than linear. What is no draft is posted, and counts.
 */

export async function countChecked(tx: Tx, bookId: string): Promise<Checked> {
  const rows = await tx.sql<Checked>`
    select
      (select count(*)::int from ledger.journal_entries where book_id = ${bookId}) as entries,
      (select count(*)::int from ledger.lines where book_id = ${bookId}) as lines,
      (select count(*)::int from ledger.accounts where book_id = ${bookId}) as accounts`;
  return only(rows);
}

/** An aggregate without GROUP BY gives one row, whatever there is. */
export function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("an aggregate gave no row");
  return row;
}
