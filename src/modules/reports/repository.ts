import type { AccountType } from "../../domain/account.ts";
import type { Tx } from "../../foundation/db/index.ts";

export interface TrialBalanceRow {
  readonly account_id: string;
  readonly path: string;
  readonly type: AccountType;
  readonly commodity: string;
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
  readonly weight_commodity: string;
  readonly weight_debit: string;
  readonly weight_credit: string;
}

/** A row per account, commodity and weight commodity with lines on or before the date, by path. */
export function selectTrialBalance(
  tx: Tx,
  { bookId, date }: { readonly bookId: string; readonly date: string | null },
): Promise<TrialBalanceRow[]> {
  return tx.sql<TrialBalanceRow>`
    select t.account_id, a.path, a.type, t.commodity, sum(t.debit)::text as debit, sum(t.credit)::text as credit,
      sum(t.debit - t.credit)::text as balance, t.weight_commodity,
      sum(t.weight_debit)::text as weight_debit, sum(t.weight_credit)::text as weight_credit
    from ledger.daily_totals t
    join ledger.accounts a on a.book_id = t.book_id and a.id = t.account_id
    where t.book_id = ${bookId} and t.date <= coalesce(${date}::date, 'infinity')
    group by t.account_id, a.path, a.type, t.commodity, t.weight_commodity
    order by a.path collate "C", t.commodity, t.weight_commodity`;
}
