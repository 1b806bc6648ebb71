import type { Tx } from "../../foundation/db/index.ts";
import { type Findings, only } from "./repository.ts";

/** Posted entries of fewer than two lines, or that do not balance in a weight commodity. */
export async function findUnbalancedEntries(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with by_commodity as (
      select entry_id, weight_commodity, sum(net) as net, sum(line_count) as line_count, bool_or(posted) as posted
      from (
        select entry_id, weight_commodity, case side when 'debit' then weight else -weight end as net, 1 as line_count,
          false as posted
        from ledger.lines where book_id = ${bookId}
        union all
        select id, null, 0, 0, true from ledger.journal_entries where book_id = ${bookId} and status <> 'draft'
      ) part
      group by entry_id, weight_commodity
    ), by_entry as (
      select entry_id, sum(line_count) as line_count,
        string_agg(format('%s: debits minus credits are %s.', weight_commodity, trim_scale(net)), ' '
          order by weight_commodity) filter (where net <> 0) as imbalance
      from by_commodity group by entry_id having bool_or(posted)
    ), violation as (
      select row_number() over (order by entry_id) as rank, jsonb_build_object(
        'entry_id', entry_id,
        'detail', concat_ws(' ', case when line_count < 2 then format('Lines: %s.', line_count) end, imbalance)
      ) as example
      from by_entry where line_count < 2 or imbalance is not null
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Lines with another date than their entry, or without an entry. */
export async function findMisdatedLines(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with violation as (
      select row_number() over (order by l.entry_id, l."position") as rank, jsonb_build_object(
        'entry_id', l.entry_id, 'position', l."position", 'date', l.date,
        'detail', case when e.id is null then 'There is no such entry.' else format('The entry is of %s.', e.date) end
      ) as example
      from ledger.lines l
      left join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id
      where l.book_id = ${bookId} and e.date is distinct from l.date
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Lines whose weight is not amount × unit price in the price's commodity. */
export async function findWrongWeights(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with violation as (
      select row_number() over (order by entry_id, "position") as rank, jsonb_build_object(
        'entry_id', entry_id, 'position', "position",
        'detail', format('%s %s%s weighs %s %s.', amount, commodity, ' at ' || price_amount || ' ' || price_commodity,
          weight, weight_commodity)
      ) as example
      from ledger.lines
      where book_id = ${bookId} and (
        weight <> amount * coalesce(price_amount, 1) or weight_commodity <> coalesce(price_commodity, commodity)
        or (price_amount is null) <> (price_commodity is null))
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/**
 * Lines of what is no draft that are no remainder and have more decimal places than their commodity, counted as written; a commodity that
 * the book does not know has none.
 * @param input.isoPlaces - what ISO 4217 gives each of its currencies; others are the book's own
 */
export async function findTooPreciseAmounts(
  tx: Tx,
  { bookId, isoPlaces }: { readonly bookId: string; readonly isoPlaces: Readonly<Record<string, number>> },
): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with line as (
      select l.entry_id, l."position", l.amount, l.commodity,
        coalesce((${JSON.stringify(isoPlaces)}::text::jsonb ->> l.commodity)::int, c.places) as places
      from ledger.lines l
      left join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id
      left join ledger.commodities c on c.book_id = l.book_id and c.code = l.commodity
      where l.book_id = ${bookId} and not l.rounding and e.status is distinct from 'draft'
    ), violation as (
      select row_number() over (order by entry_id, "position") as rank, jsonb_build_object(
        'entry_id', entry_id, 'position', "position", 'commodity', commodity,
        'detail', case
          when places is null then format('The book has no commodity %s.', commodity)
          else format('%s has more than the %s decimal places of %s.', amount, places, commodity)
        end
      ) as example
      from line where coalesce(scale(amount) > places, true)
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Lines before their account was opened or after it was closed, drafts' left out, or without an account. */
export async function findLinesOutsideAccountDates(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with violation as (
      select row_number() over (order by l.entry_id, l."position") as rank, jsonb_build_object(
        'entry_id', l.entry_id, 'position', l."position", 'account_id', l.account_id, 'date', l.date,
        'detail', case
          when a.id is null then 'There is no such account.'
          when l.date < a.opened_on then format('The account was opened on %s.', a.opened_on)
          else format('The account was closed on %s.', a.closed_on)
        end
      ) as example
      from ledger.lines l
      left join ledger.accounts a on a.book_id = l.book_id and a.id = l.account_id
      left join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id
      where l.book_id = ${bookId} and (a.id is null
        or e.status is distinct from 'draft' and (l.date < a.opened_on or l.date > a.closed_on))
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}
