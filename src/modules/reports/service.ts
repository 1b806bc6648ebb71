import { add, type Decimal, formatAmount, ZERO } from "../../domain/decimal.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { selectTrialBalance, type TrialBalanceRow } from "./repository.ts";

export interface TrialBalance {
  readonly rows: readonly TrialBalanceRow[];
  /** Per weight commodity, sorted by it. */
  readonly totals: readonly { readonly commodity: string; readonly debit: Decimal; readonly credit: Decimal }[];
}

/** Every account's debits and credits up to the end of a day (null: of every day), from the daily totals. */
export async function getTrialBalance(
  tx: Tx,
  query: { readonly bookId: string; readonly date: string | null },
): Promise<TrialBalance> {
  const rows = await selectTrialBalance(tx, query);
  const totals = new Map<string, { debit: Decimal; credit: Decimal }>();
  for (const row of rows) {
    const total = totals.get(row.weight_commodity) ?? { debit: ZERO, credit: ZERO };
    totals.set(row.weight_commodity, {
      debit: add(total.debit, formatAmount(row.weight_debit, 0)),
      credit: add(total.credit, formatAmount(row.weight_credit, 0)),
    });
  }
  const sorted = [...totals].sort(([left], [right]) => (left < right ? -1 : 1));
  return { rows, totals: sorted.map(([commodity, total]) => ({ commodity, ...total })) };
}
