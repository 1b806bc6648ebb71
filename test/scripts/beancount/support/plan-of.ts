import { planImport } from "../../../../scripts/beancount/plan/plan-import.ts";
import type { ImportPlan, LineBody } from "../../../../scripts/beancount/plan/plan-types.ts";
import { bookOfText } from "../../../../scripts/beancount/syntax/load-book.ts";

export const OPENINGS = `
2020-01-01 open Assets:Cash
2020-01-01 open Assets:Bank
2020-01-01 open Assets:Broker
2020-01-01 open Expenses:Food
2020-01-01 open Income:Gains
2020-01-01 open Equity:Opening
`;

/** The plan of a text with a few accounts opened before it; lines count from the text's first. */
export function planOf(text: string): ImportPlan {
  return planImport(bookOfText("book.beancount", `${text}\n${OPENINGS}`));
}

/** The faults of a text, "line: message". */
export function faultsOf(text: string): string[] {
  return planOf(text).faults.map(({ line, message }) => `${line}: ${message}`);
}

/** The lines of a text's only entry, as "account amount commodity @ price", debits positive, rounding lines marked. */
export function linesOf(text: string): string[] {
  const plan = planOf(text);
  if (plan.faults.length > 0) throw new Error(plan.faults.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return (plan.entries.at(-1)?.body.lines ?? []).map(describeLine);
}

function describeLine({ account_path, side, amount, commodity, price, rounding }: LineBody): string {
  const units = `${account_path} ${side === "credit" ? "-" : ""}${amount} ${commodity}`;
  return units + (price ? ` @ ${price.amount} ${price.commodity}` : "") + (rounding ? " (rounding)" : "");
}
