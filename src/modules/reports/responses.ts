import { add, type Decimal, ZERO } from "../../domain/decimal.ts";
import { formatIn, type Money } from "../../domain/money.ts";
import { formatValue, toValuationResponse, type Valuation } from "../prices/index.ts";
import {
  balancesOf,
  type Report,
  type ReportQuery,
  type Section,
  type Statement,
  type TrialBalance,
} from "./service.ts";

/** What was asked for, and `known_at` as it was written. */
export interface Asked extends ReportQuery {
  readonly knownAtText: string | null;
}

export function toStatementResponse<SectionName extends string, SumName extends string>(
  asked: Asked,
  report: Report<Statement<SectionName, SumName>>,
) {
  const { content, valuation } = report;
  const sections = mapValues(content.sections, (section: Section) => ({
    rows: section.rows.map(({ accountId, path, type, commodity, amount }) => ({
      account_id: accountId,
      path,
      type,
      commodity,
      amount: formatIn(commodity, amount),
      value: formatValue(valuation, valuation.valueOf({ commodity, amount, on: asked.asOf })),
    })),
    ...toSum(section.totals, asked, valuation),
  }));
  const sums = mapValues(content.sums, (amounts: readonly Money[]) => toSum(amounts, asked, valuation));
  return { ...headOf(asked, report), ...sections, ...sums };
}

export function toTrialBalanceResponse(asked: Asked, report: Report<TrialBalance>) {
  const { content, valuation } = report;
  return {
    since: asked.since,
    ...headOf(asked, report),
    items: content.rows.map((row) => ({
      ...row,
      debit: formatIn(row.commodity, row.debit),
      credit: formatIn(row.commodity, row.credit),
      balance: formatIn(row.commodity, row.balance),
      weight_debit: formatIn(row.weight_commodity, row.weight_debit),
      weight_credit: formatIn(row.weight_commodity, row.weight_credit),
      value: formatValue(
        valuation,
        valuation.valueOf({ commodity: row.commodity, amount: row.balance, on: asked.asOf }),
      ),
    })),
    totals: content.totals.map(({ commodity, debit, credit }) => ({
      commodity,
      debit: formatIn(commodity, debit),
      credit: formatIn(commodity, credit),
    })),
    total: formatValue(valuation, totalOf(balancesOf(content), asked, valuation)),
    next_cursor: null,
  };
}

function headOf({ asOf, knownAtText }: Asked, { knowledge, valuation }: Report<unknown>) {
  return { as_of: asOf, known_at: knownAtText, knowledge, ...toValuationResponse(valuation) };
}

function toSum(amounts: readonly Money[], asked: Asked, valuation: Valuation) {
  return {
    totals: amounts.map(({ commodity, amount }) => ({ commodity, amount: formatIn(commodity, amount) })),
    total: formatValue(valuation, totalOf(amounts, asked, valuation)),
  };
}

/** What amounts are worth together; null where one of them has no price. */
function totalOf(amounts: readonly Money[], { asOf }: Asked, valuation: Valuation): Decimal | null {
  return amounts
    .map((money) => valuation.valueOf({ ...money, on: asOf }))
    .reduce<Decimal | null>((sum, value) => (sum === null || value === null ? null : add(sum, value)), ZERO);
}

function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  map: (value: From) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(record).map(([name, value]) => [name, map(value)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
