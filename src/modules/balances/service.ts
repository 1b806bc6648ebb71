import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  type AccountKey,
  accountExists,
  type BalanceRow,
  type RegisterFilter,
  type RegisterKey,
  type RegisterRow,
  selectBalance,
  selectRegister,
} from "./repository.ts";

export type { RegisterKey } from "./repository.ts";

export interface CommodityBalance extends BalanceRow {
  readonly commodity: string;
}

/**
 * What an account holds at the end of a day, per commodity, sorted by it; with `descendants`, the accounts below it
 * included. Read from the daily totals: the cost grows with accounts and days, not with lines.
 * @throws NOT_FOUND when the book has no such account.
 */
export async function getBalance(
  tx: Tx,
  query: AccountKey & { readonly date: string | null; readonly descendants: boolean },
): Promise<{ readonly path: string; readonly balances: readonly CommodityBalance[] }> {
  const rows = await selectBalance(tx, query);
  const [first] = rows;
  if (first === undefined) throw accountNotFound();
  return { path: first.path, balances: rows.filter((row): row is CommodityBalance => row.commodity !== null) };
}

/**
 * An account's lines in order of date, each with the balance after it.
 * @throws NOT_FOUND when the book has no such account.
 */
export async function listRegister(
  tx: Tx,
  account: AccountKey,
  filter: RegisterFilter,
  page: { readonly limit: number; readonly after: RegisterKey | null },
): Promise<RegisterRow[]> {
  const [exists, rows] = await Promise.all([accountExists(tx, account), selectRegister(tx, account, filter, page)]);
  if (!exists) throw accountNotFound();
  return rows;
}

function accountNotFound() {
  return new AppError("NOT_FOUND", { detail: "There is no such account." });
}
