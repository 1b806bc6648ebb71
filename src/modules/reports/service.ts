import { dayBefore } from "../../domain/calendar-date.ts";
import type { Money } from "../../domain/money.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { assertCommodityExists } from "../commodities/index.ts";
import { knowledgeTokenOf } from "../knowledge/index.ts";
import { type Valuation, valueAmounts } from "../prices/index.ts";
import { type BalanceSheet, balanceSheetOf } from "./balance-sheet-rules.ts";
import { type CashFlow, cashFlowOf } from "./cash-flow-rules.ts";
import { type IncomeStatement, incomeStatementOf } from "./income-statement-rules.ts";
import { type MovementQuery, selectCashFlowClasses, selectMovements } from "./repository.ts";
import { amountsOf, type Statement } from "./statement-rules.ts";
import { balancesOf, type TrialBalance, trialBalanceOf } from "./trial-balance-rules.ts";

export type { Section, Statement } from "./statement-rules.ts";
export { balancesOf, type TrialBalance } from "./trial-balance-rules.ts";

/** What a report is of: days, a point of knowledge, and the commodity to value it in (null: none). */
export interface ReportQuery extends MovementQuery {
  readonly totalIn: string | null;
}

export interface Report<Content> {
  readonly content: Content;
  /** The token of what it knew. */
  readonly knowledge: string;
  /** At the prices of `asOf`. */
  readonly valuation: Valuation;
}

/** @throws COMMODITY_UNKNOWN at `/query/total_in`, as every report here. */
export function getTrialBalance(tx: Tx, query: ReportQuery): Promise<Report<TrialBalance>> {
  const content = selectMovements(tx, query, { withoutClosing: false }).then(trialBalanceOf);
  return report(tx, query, content, balancesOf);
}

/** As it stood at the end of a day; `since` is no part of it. */
export function getBalanceSheet(tx: Tx, query: Omit<ReportQuery, "since">): Promise<Report<BalanceSheet>> {
  const all = { ...query, since: null };
  const content = selectMovements(tx, all, { withoutClosing: false }).then(balanceSheetOf);
  return reportStatement(tx, all, content);
}

export function getIncomeStatement(tx: Tx, query: ReportQuery): Promise<Report<IncomeStatement>> {
  const content = selectMovements(tx, query, { withoutClosing: true }).then(incomeStatementOf);
  return reportStatement(tx, query, content);
}

export function getCashFlow(tx: Tx, query: ReportQuery): Promise<Report<CashFlow>> {
  const lastBefore = query.since === null ? null : dayBefore(query.since);
  const before =
    lastBefore === null
      ? Promise.resolve([])
      : selectMovements(tx, { ...query, since: null, asOf: lastBefore }, { withoutClosing: true });
  const during = selectMovements(tx, query, { withoutClosing: true });
  const content = Promise.all([before, during, selectCashFlowClasses(tx, query.bookId)]).then(
    ([opening, flows, classes]) => cashFlowOf(opening, flows, classes),
  );
  return reportStatement(tx, query, content);
}

function reportStatement<Content extends Statement>(
  tx: Tx,
  query: ReportQuery,
  content: Promise<Content>,
): Promise<Report<Content>> {
  return report(tx, query, content, amountsOf);
}

async function report<Content>(
  tx: Tx,
  query: ReportQuery,
  reading: Promise<Content>,
  amountsIn: (content: Content) => readonly Money[],
): Promise<Report<Content>> {
  const { bookId, asOf, totalIn, knownAt } = query;
  const [content, knowledge] = await Promise.all([
    reading,
    knowledgeTokenOf(tx, knownAt),
    totalIn === null ? null : assertCommodityExists(tx, bookId, { code: totalIn, pointer: "/query/total_in" }),
  ]);
  const amounts = amountsIn(content).map((money) => ({ ...money, on: asOf }));
  return { content, knowledge, valuation: await valueAmounts(tx, query, amounts) };
}
