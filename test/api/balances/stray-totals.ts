import type { Sql } from "postgres";

/** Where the totals that posting keeps differ from sums over the lines, either way; asked past row-level security. */
export function findStrayTotals(superuser: Sql, bookId: string): Promise<readonly object[]> {
  return superuser`
    with expected as (
      select l.account_id, l.commodity, l.weight_commodity, l.date,
        coalesce(sum(l.amount) filter (where l.side = 'debit'), 0) as debit,
        coalesce(sum(l.amount) filter (where l.side = 'credit'), 0) as credit,
        coalesce(sum(l.weight) filter (where l.side = 'debit'), 0) as weight_debit,
        coalesce(sum(l.weight) filter (where l.side = 'credit'), 0) as weight_credit
      from ledger.lines l where l.book_id = ${bookId} group by 1, 2, 3, 4
    ), kept as (
      select account_id, commodity, weight_commodity, date, debit, credit, weight_debit, weight_credit
      from ledger.daily_totals where book_id = ${bookId}
    )
    (select 'missing' as fault, * from (table expected except table kept) as missing)
    union all
    (select 'wrong', * from (table kept except table expected) as wrong)`;
}
