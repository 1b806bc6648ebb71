import type { EntryBody, ImportPlan } from "../../../../scripts/beancount/plan/plan-types.ts";
import { minorUnitsOf } from "../../../../src/domain/currency.ts";
import { type Amount, parseAmount } from "../../../../src/domain/decimal.ts";
import { imbalancesOf, type ProposedLine, precisionFaultsOf } from "../../../../src/domain/posting.ts";

/** What the API's own rules of double entry find wrong with an entry. */
export function ruleFaultsOf(entry: EntryBody, plan: ImportPlan): string[] {
  const places = new Map(plan.commodities.map(({ body }) => [body.code, body.places]));
  const lines = entry.lines.map(toProposedLine);
  return [
    ...lines.flatMap((line) => precisionFaultsOf(line, (code) => minorUnitsOf(code) ?? places.get(code) ?? null)),
    ...imbalancesOf(lines),
  ].map((fault) => JSON.stringify(fault));
}

function toProposedLine({ side, amount, commodity, price, rounding }: EntryBody["lines"][number]): ProposedLine {
  const unitPrice = price && { amount: toAmount(price.amount), commodity: price.commodity };
  return { side, amount: toAmount(amount), commodity, price: unitPrice, rounding };
}

function toAmount(text: string): Amount {
  const amount = parseAmount(text);
  if (amount === null) throw new Error(`no amount: ${text}`);
  return amount;
}
