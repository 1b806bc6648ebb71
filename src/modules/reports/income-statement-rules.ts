import type { Movement } from "./repository.ts";
import { type Statement, sectionOf, totalsOf } from "./statement-rules.ts";

export type IncomeStatement = Statement<"income" | "expenses", "net">;

/** What came in and what it cost, from what accounts moved in a range without closing entries: net = income − expenses. */
export function incomeStatementOf(movements: readonly Movement[]): IncomeStatement {
  const income = movements.filter(({ type }) => type === "income");
  const expenses = movements.filter(({ type }) => type === "expense");
  return {
    sections: { income: sectionOf(income, "credit"), expenses: sectionOf(expenses, "debit") },
    sums: { net: totalsOf([...income, ...expenses], "credit") },
  };
}
