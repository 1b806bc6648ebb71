import type { AccountType } from "../../domain/account.ts";
import type { Movement } from "./repository.ts";
import { type Statement, sectionOf, totalsOf } from "./statement-rules.ts";

export type BalanceSheet = Statement<"assets" | "liabilities" | "equity", "earnings" | "conversions">;

/**
 * What a book has, owes and is worth, from everything that its accounts moved. Per commodity
 * assets = liabilities + equity + earnings + conversions: earnings are income less expenses that no entry has closed to
 * equity yet; conversions are what exchanges moved between commodities, nothing where there are none.
 */
export function balanceSheetOf(movements: readonly Movement[]): BalanceSheet {
  const ofType = (...types: AccountType[]) => movements.filter(({ type }) => types.includes(type));
  return {
    sections: {
      assets: sectionOf(ofType("asset"), "debit"),
      liabilities: sectionOf(ofType("liability"), "credit"),
      equity: sectionOf(ofType("equity"), "credit"),
    },
    sums: { earnings: totalsOf(ofType("income", "expense"), "credit"), conversions: totalsOf(movements, "debit") },
  };
}
