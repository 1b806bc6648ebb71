import type { AccountType } from "../../domain/account.ts";
import { add, type Decimal, formatAmount, isZero, subtract, ZERO } from "../../domain/decimal.ts";
import type { Money } from "../../domain/money.ts";
import type { Side } from "../../domain/posting.ts";
import type { Movement } from "./repository.ts";

/** What an account has, or did, in a commodity. */
export interface StatementRow extends Money {
  readonly accountId: string;
  readonly path: string;
  readonly type: AccountType;
}

/** Accounts and what they come to, per commodity. What is zero is left out. */
export interface Section {
  readonly rows: readonly StatementRow[];
  readonly totals: readonly Money[];
}

/** A statement: its sections, and the sums that no account has by itself, each by name. */
export interface Statement<SectionName extends string = string, SumName extends string = string> {
  readonly sections: Readonly<Record<SectionName, Section>>;
  readonly sums: Readonly<Record<SumName, readonly Money[]>>;
}

/** The side that counts as more: the other one is subtracted. */
type Sign = Side;

/** The accounts of movements, in their order, each once a commodity. */
export function sectionOf(movements: readonly Movement[], sign: Sign): Section {
  const rows = new Map<string, StatementRow>();
  for (const movement of movements) {
    const { account_id: accountId, path, type, commodity } = movement;
    const key = `${accountId} ${commodity}`;
    const amount = add(rows.get(key)?.amount ?? ZERO, amountOf(movement, sign));
    rows.set(key, { accountId, path, type, commodity, amount });
  }
  const kept = [...rows.values()].filter(({ amount }) => !isZero(amount));
  return { rows: kept, totals: sumsOf(kept) };
}

/** What movements come to per commodity, sorted by it; what is zero is left out. */
export function totalsOf(movements: readonly Movement[], sign: Sign): Money[] {
  return sumsOf(movements.map((movement) => ({ commodity: movement.commodity, amount: amountOf(movement, sign) })));
}

/** Sums per commodity, sorted by it; what is zero is left out. */
export function sumsOf(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, Decimal>();
  for (const { commodity, amount } of amounts) sums.set(commodity, add(sums.get(commodity) ?? ZERO, amount));
  return Array.from(sums, ([commodity, amount]) => ({ commodity, amount }))
    .filter(({ amount }) => !isZero(amount))
    .toSorted((left, right) => (left.commodity < right.commodity ? -1 : 1));
}

/** Every amount that a statement shows. */
export function amountsOf({ sections, sums }: Statement): Money[] {
  const inSections = Object.values(sections).flatMap(({ rows, totals }) => [...rows, ...totals]);
  return [...inSections, ...Object.values(sums).flat()];
}

function amountOf({ debit, credit }: Movement, sign: Sign): Decimal {
  const [more, less] = sign === "debit" ? [debit, credit] : [credit, debit];
  return subtract(formatAmount(more, 0), formatAmount(less, 0));
}
