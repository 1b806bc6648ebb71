import type { EntryBody } from "../../../../scripts/beancount/plan/plan-types.ts";
import { Exact, ZERO } from "../../../../scripts/beancount/syntax/written-number.ts";
import { isWithin } from "../../../../src/domain/account.ts";

type Big = InstanceType<typeof Exact>;

/** A ledger in memory, as simple as can be: it keeps every entry and adds lines up when asked. */
export class ReplayLedger {
  readonly #entries: EntryBody[] = [];

  post(entry: EntryBody): void {
    this.#entries.push(entry);
  }

  get entryCount(): number {
    return this.#entries.length;
  }

  /** Debits minus credits of an account, and by default of those below it, `date` included, by commodity. */
  balances(path: string, date: string, descendants = true): Map<string, Big> {
    const balances = new Map<string, Big>();
    for (const entry of this.#entries) {
      if (entry.date > date) continue;
      for (const { account_path, side, amount, commodity } of entry.lines) {
        if (!(descendants ? isWithin(account_path, path) : account_path === path)) continue;
        const value = side === "debit" ? new Exact(amount) : new Exact(amount).neg();
        balances.set(commodity, (balances.get(commodity) ?? ZERO).plus(value));
      }
    }
    return balances;
  }

  /** Sums of weights by weight commodity. */
  totals(): Map<string, { debit: Big; credit: Big }> {
    const totals = new Map<string, { debit: Big; credit: Big }>();
    for (const { side, amount, commodity, price } of this.#entries.flatMap((entry) => entry.lines)) {
      const weight = price ? new Exact(amount).times(new Exact(price.amount)) : new Exact(amount);
      const total = totals.get(price?.commodity ?? commodity) ?? { debit: ZERO, credit: ZERO };
      totals.set(price?.commodity ?? commodity, { ...total, [side]: total[side].plus(weight) });
    }
    return totals;
  }
}
