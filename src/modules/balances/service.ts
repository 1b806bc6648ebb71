import { formatAmount } from "../../domain/decimal.ts";
import type { Knowledge } from "../../domain/knowledge.ts";
import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { assertCommodityExists } from "../commodities/index.ts";
import { knowledgeTokenOf } from "../knowledge/index.ts";
import { type DatedMoney, type Valuation, valueAmounts } from "../prices/index.ts";
import {
  type AccountKey,
  accountExists,
  type BalanceQuery,
  type BalanceRow,
  type RegisterFilter,
  type RegisterKey,
  type RegisterRow,
  selectBalance,
  selectRegister,
} from "./repository.ts";

export type { RegisterKey, RegisterRow } from "./repository.ts";

export interface CommodityBalance extends BalanceRow {
  readonly commodity: string;
}

export interface Balance {
  readonly path: string;
  readonly balances: readonly CommodityBalance[];
  /** The token of what it knew. */
  readonly knowledge: string;
}

/**
 * What an account holds at the end of a day, per commodity, sorted by it; with `descendants`, the accounts below it
 * included. Read from the daily totals: the cost grows with accounts and days, not with lines, and with what was recorded
 * after the point of knowledge.
 * @throws NOT_FOUND when the book has no such account.
 */
export async function getBalance(tx: Tx, query: BalanceQuery): Promise<Balance> {
  const [rows, knowledge] = await Promise.all([selectBalance(tx, query), knowledgeTokenOf(tx, query.knownAt)]);
  const [first] = rows;
  if (first === undefined) throw accountNotFound();
  const balances = rows.filter((row): row is CommodityBalance => row.commodity !== null && hasMoved(row));
  return { path: first.path, balances, knowledge };
}

export interface Register {
  /** One more than the page has, where there is another page. */
  readonly rows: readonly RegisterRow[];
  /** The token of what it knew. */
  readonly knowledge: string;
  /** Of the page's amounts, each at the price of its own day. */
  readonly valuation: Valuation;
}

/**
 * An account's lines in order of date, each with the balance after it.
 * @param page - `limit`: the lines of the page
 * @throws NOT_FOUND when the book has no such account; COMMODITY_UNKNOWN at `/query/total_in`
 */
export async function listRegister(
  tx: Tx,
  account: AccountKey,
  filter: RegisterFilter & { readonly totalIn: string | null; readonly knownAt: Knowledge | null },
  page: { readonly limit: number; readonly after: RegisterKey | null },
): Promise<Register> {
  const { bookId } = account;
  const { totalIn, knownAt } = filter;
  const [exists, rows, knowledge] = await Promise.all([
    accountExists(tx, account),
    selectRegister(tx, account, filter, { ...page, limit: page.limit + 1 }),
    knowledgeTokenOf(tx, knownAt),
    totalIn === null ? null : assertCommodityExists(tx, bookId, { code: totalIn, pointer: "/query/total_in" }),
  ]);
  if (!exists) throw accountNotFound();
  const valuation = await valueAmounts(tx, { bookId, totalIn, knownAt }, rows.slice(0, page.limit).map(toDatedMoney));
  return { rows, knowledge, valuation };
}

/** What a line's value is asked of. */
export function toDatedMoney({ commodity, amount, date }: RegisterRow): DatedMoney {
  return { commodity, amount: formatAmount(amount, 0), on: date };
}

/** Lines that came after the point of knowledge leave nothing, and neither do lines of zero. */
function hasMoved({ debit, credit }: BalanceRow): boolean {
  return /[1-9]/.test(debit) || /[1-9]/.test(credit);
}

function accountNotFound() {
  return new AppError("NOT_FOUND", { detail: "There is no such account." });
}
