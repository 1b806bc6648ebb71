import type { Tx } from "../../foundation/db/index.ts";
import { type Findings, only } from "./repository.ts";

/** Daily totals that differ from the sums of posted lines: wrong, missing, or of something and without lines. */
export async function findWrongTotals(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with total as (
      select account_id, commodity, weight_commodity, date, bool_or(kept) as is_kept, bool_or(not kept) as has_lines,
        array[
          coalesce(sum(debit) filter (where kept), 0), coalesce(sum(credit) filter (where kept), 0),
          coalesce(sum(weight_debit) filter (where kept), 0), coalesce(sum(weight_credit) filter (where kept), 0)
        ] as kept_sums,
        array[
          coalesce(sum(debit) filter (where not kept), 0), coalesce(sum(credit) filter (where not kept), 0),
          coalesce(sum(weight_debit) filter (where not kept), 0), coalesce(sum(weight_credit) filter (where not kept), 0)
        ] as line_sums
      from (
        select account_id, commodity, weight_commodity, date, true as kept, debit, credit, weight_debit, weight_credit
        from ledger.daily_totals where book_id = ${bookId}
        union all
        select l.account_id, l.commodity, l.weight_commodity, l.date, false,
          case l.side when 'debit' then l.amount else 0 end, case l.side when 'credit' then l.amount else 0 end,
          case l.side when 'debit' then l.weight else 0 end, case l.side when 'credit' then l.weight else 0 end
        from ledger.lines l
        join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
        where l.book_id = ${bookId}
      ) part
      group by account_id, commodity, weight_commodity, date
    ), violation as (
      select row_number() over (order by account_id, commodity, weight_commodity, date) as rank, jsonb_build_object(
        'account_id', account_id, 'commodity', commodity, 'date', date,
        'detail', format('%s, weighing in %s (debit, credit, weight debit, weight credit): kept %s, of the lines %s.',
          commodity, weight_commodity,
          case when is_kept then array_to_string(kept_sums, ', ') else 'none' end,
          case when has_lines then array_to_string(line_sums, ', ') else 'none' end)
      ) as example
      from total where kept_sums <> line_sums or not is_kept
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Weight commodities in which all posted lines together do not sum to zero. */
export async function findUnbalancedCommodities(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with violation as (
      select row_number() over (order by l.weight_commodity) as rank, jsonb_build_object(
        'commodity', l.weight_commodity,
        'detail', format('Debits minus credits are %s.',
          trim_scale(sum(case l.side when 'debit' then l.weight else -l.weight end)))
      ) as example
      from ledger.lines l
      join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
      where l.book_id = ${bookId}
      group by l.weight_commodity
      having sum(case l.side when 'debit' then l.weight else -l.weight end) <> 0
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Balances that differ from the sums of posted lines: wrong, missing, or of something and without lines. */
export async function findWrongBalances(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with balance as (
      select account_id, commodity, bool_or(kept) as is_kept, bool_or(not kept) as has_lines,
        array[coalesce(sum(debit) filter (where kept), 0), coalesce(sum(credit) filter (where kept), 0)] as kept_sums,
        array[coalesce(sum(debit) filter (where not kept), 0), coalesce(sum(credit) filter (where not kept), 0)] as line_sums
      from (
        select account_id, commodity, true as kept, debit, credit from ledger.account_balances where book_id = ${bookId}
        union all
        select l.account_id, l.commodity, false,
          case l.side when 'debit' then l.amount else 0 end, case l.side when 'credit' then l.amount else 0 end
        from ledger.lines l
        join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
        where l.book_id = ${bookId}
      ) part
      group by account_id, commodity
    ), violation as (
      select row_number() over (order by account_id, commodity) as rank, jsonb_build_object(
        'account_id', account_id, 'commodity', commodity,
        'detail', format('%s (debit, credit): kept %s, of the lines %s.', commodity,
          case when is_kept then array_to_string(kept_sums, ', ') else 'none' end,
          case when has_lines then array_to_string(line_sums, ', ') else 'none' end)
      ) as example
      from balance where kept_sums <> line_sums or not is_kept
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}
