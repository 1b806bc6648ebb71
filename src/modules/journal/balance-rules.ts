import { add, type Decimal, subtract } from "../../domain/decimal.ts";
import type { Side } from "../../domain/posting.ts";
import type { Balance } from "./recording-repository.ts";

/** A line that was posted, as far as it moves a balance. */
interface Movement {
  readonly account_id: string;
  readonly commodity: string;
  readonly side: Side;
  readonly amount: string;
}

const keyOf = ({ account_id, commodity }: Omit<Movement, "side" | "amount">) => `${account_id} ${commodity}`;

/**
 * What each entry left on the accounts that it touched, in the order of its lines: of what all left together, each takes
 * back what those after it moved.
 *
 * @param entries - the lines of each, in the order in which they count as posted
 * @param left - what all of them together left
 */
export function balancesAfterEach(entries: readonly (readonly Movement[])[], left: readonly Balance[]): Balance[][] {
  const balanceOf = new Map(left.map((balance) => [keyOf(balance), balance.balance as Decimal]));
  return entries
    .toReversed()
    .map((lines) => {
      const touched = new Map(lines.map((line) => [keyOf(line), line]));
      const after = Array.from(touched, ([key, { account_id, commodity }]) => {
        const balance = balanceOf.get(key);
        if (balance === undefined) throw new Error(`ledger.record_entries answered no balance of ${key}`);
        return { account_id, commodity, balance };
      });
      // Nobody asks what was there before the first.
      if (entries.length > 1) for (const line of lines) takeBack(balanceOf, line);
      return after;
    })
    .toReversed();
}

function takeBack(balanceOf: Map<string, Decimal>, line: Movement): void {
  const key = keyOf(line);
  const balance = balanceOf.get(key);
  if (balance === undefined) return;
  balanceOf.set(key, (line.side === "debit" ? subtract : add)(balance, line.amount as Decimal));
}
