import { add, type Decimal, formatAmount, subtract, ZERO } from "../../domain/decimal.ts";
import type { Money } from "../../domain/money.ts";
import type { Movement } from "./repository.ts";

export interface TrialBalanceRow extends Movement {
  /** Debits minus credits. */
  readonly balance: Decimal;
}

export interface TrialBalance {
  readonly rows: readonly TrialBalanceRow[];
  /** Per weight commodity, sorted by it. */
  readonly totals: readonly { readonly commodity: string; readonly debit: Decimal; readonly credit: Decimal }[];
}

/** Every account's debits and credits; per weight commodity they are equal. */
export function trialBalanceOf(movements: readonly Movement[]): TrialBalance {
  const totals = new Map<string, { debit: Decimal; credit: Decimal }>();
  for (const movement of movements) {
    const total = totals.get(movement.weight_commodity) ?? { debit: ZERO, credit: ZERO };
    totals.set(movement.weight_commodity, {
      debit: add(total.debit, formatAmount(movement.weight_debit, 0)),
      credit: add(total.credit, formatAmount(movement.weight_credit, 0)),
    });
  }
  const sorted = [...totals].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    rows: movements.map((movement) => ({ ...movement, balance: balanceOf(movement) })),
    totals: sorted.map(([commodity, total]) => ({ commodity, ...total })),
  };
}

export function balancesOf({ rows }: TrialBalance): Money[] {
  return rows.map(({ commodity, balance }) => ({ commodity, amount: balance }));
}

function balanceOf({ debit, credit }: Movement): Decimal {
  return subtract(formatAmount(debit, 0), formatAmount(credit, 0));
}
