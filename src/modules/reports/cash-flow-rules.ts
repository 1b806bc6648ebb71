import { type AccountType, type CashFlowClass, parentPathOf } from "../../domain/account.ts";
import type { Movement } from "./repository.ts";
import { type Statement, sectionOf, totalsOf } from "./statement-rules.ts";

export type CashFlow = Statement<"operating" | "investing" | "financing", "opening" | "conversions" | "closing">;

const classOfType: Readonly<Record<AccountType, CashFlowClass>> = {
  asset: "investing",
  liability: "financing",
  equity: "financing",
  income: "operating",
  expense: "operating",
};

/** An account's class: its own, or that of the nearest account above that has one, or else that of its type. */
export function cashFlowClassOf(
  account: { readonly path: string; readonly type: AccountType },
  classes: ReadonlyMap<string, CashFlowClass>,
): CashFlowClass {
  for (let path: string | null = account.path; path !== null; path = parentPathOf(path)) {
    const own = classes.get(path);
    if (own !== undefined) return own;
  }
  return classOfType[account.type];
}

/**
 * Where cash came from and went, told by the accounts on the other side: per commodity
 * opening + operating + investing + financing + conversions = closing. Conversions are what exchanges brought of a
 * commodity, or took.
 * @param before - what accounts moved before the range; `during`: in it. Both without closing entries.
 * @param classes - of the accounts that have one of their own, by path
 */
export function cashFlowOf(
  before: readonly Movement[],
  during: readonly Movement[],
  classes: ReadonlyMap<string, CashFlowClass>,
): CashFlow {
  const of = (wanted: CashFlowClass, movements: readonly Movement[]) =>
    movements.filter((movement) => cashFlowClassOf(movement, classes) === wanted);
  return {
    sections: {
      operating: sectionOf(of("operating", during), "credit"),
      investing: sectionOf(of("investing", during), "credit"),
      financing: sectionOf(of("financing", during), "credit"),
    },
    sums: {
      opening: totalsOf(of("cash", before), "debit"),
      conversions: totalsOf(during, "debit"),
      closing: totalsOf(of("cash", [...before, ...during]), "debit"),
    },
  };
}
