import type { Tx } from "../../foundation/db/index.ts";
import { type Findings, only } from "./repository.ts";

/**
 * Voided entries and entries that reverse: those that do not link each other both ways, are reversed before their own
 * date, have other lines than their reversal with the sides swapped, or reverse and are voided at once.
 */
export async function findBrokenVoids(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with pair as (
      select id, voids_id from ledger.journal_entries
      where book_id = ${bookId} and status <> 'draft' and voids_id is not null
    ), part as (
      select p.id, l."position", l.account_id, case l.side when 'debit' then 'credit' else 'debit' end as side, l.amount,
        l.commodity, l.price_amount, l.price_commodity, l.rounding, 1 as times
      from pair p join ledger.lines l on l.book_id = ${bookId} and l.entry_id = p.voids_id
      union all
      select p.id, l."position", l.account_id, l.side, l.amount, l.commodity, l.price_amount, l.price_commodity, l.rounding, -1
      from pair p join ledger.lines l on l.book_id = ${bookId} and l.entry_id = p.id
    ), unlike as (
      select id, "position" from part
      group by id, "position", account_id, side, amount, commodity, price_amount, price_commodity, rounding
      having sum(times) <> 0
    ), fault as (
      select e.id, case
        when v.id is null then format('There is no entry %s, which should reverse it.', e.voided_by_id)
        when v.status = 'draft' then format('%s, which should reverse it, is a draft.', v.id)
        when v.voids_id is distinct from e.id then format('%s, which should reverse it, does not name it.', v.id)
      end as detail
      from ledger.journal_entries e
      left join ledger.journal_entries v on v.book_id = e.book_id and v.id = e.voided_by_id
      where e.book_id = ${bookId} and e.status = 'voided'
      union all
      select e.id, concat_ws(' ',
        case
          when o.id is null then format('There is no entry %s, which it reverses.', e.voids_id)
          when o.status <> 'voided' or o.voided_by_id <> e.id then format('%s is not marked as voided by it.', o.id)
        end,
        case when e.date < o.date then format('It is dated before %s, which is of %s.', o.id, o.date) end,
        case when e.status = 'voided' then 'It reverses an entry and is voided itself.' end)
      from ledger.journal_entries e
      left join ledger.journal_entries o on o.book_id = e.book_id and o.id = e.voids_id
      where e.book_id = ${bookId} and e.status <> 'draft' and e.voids_id is not null
      union all
      select id, format('Lines that do not mirror those of the reversed entry, by position: %s.',
        string_agg(distinct "position"::text, ', '))
      from unlike group by id
    ), violation as (
      select row_number() over (order by id) as rank, jsonb_build_object(
        'entry_id', id, 'detail', string_agg(detail, ' ' order by detail)
      ) as example
      from fault where detail <> '' group by id
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/** Posted entries whose seal is not that of what is stored: header or lines were changed since. */
export async function findChangedEntries(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with part as (
      select e.id, e as entry, null::ledger.lines as line from ledger.journal_entries e
      where e.book_id = ${bookId} and e.status <> 'draft'
      union all
      select l.entry_id, null::ledger.journal_entries, l from ledger.lines l where l.book_id = ${bookId}
    ), stored as (
      select id, (array_agg(entry) filter (where (entry).id is not null))[1] as entry,
        array_agg(line) filter (where (line).entry_id is not null) as lines
      from part group by id
    ), violation as (
      select row_number() over (order by id) as rank, jsonb_build_object(
        'entry_id', id, 'detail', 'What is stored is not what was posted: the seal is another one.'
      ) as example
      from stored
      where (entry).id is not null and (entry).seal is distinct from ledger.seal(entry, lines)
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}

/**
 * Entries inside a closed period that were recorded while its close stood: not among what was known at the close, and
 * among what was known at its reopening, if any.
 *
 * What locked the book is worked out once for each step between two ends of snapshots, and entries are put between them
 * in the order of their transactions. A transaction that a snapshot names as running is out of that order: what it
 * recorded is held against each close.
 */
export async function findEntriesInClosedPeriods(tx: Tx, bookId: string): Promise<Findings> {
  const rows = await tx.sql<Findings>`
    with closed as (
      select closed_through, knowledge, reopen_knowledge from ledger.period_closes where book_id = ${bookId}
    ), running as (
      select pg_snapshot_xip(knowledge) as xid from closed
      union
      select pg_snapshot_xip(reopen_knowledge) from closed where reopen_knowledge is not null
    ), bound as (
      select pg_snapshot_xmax(knowledge) as xid from closed
      union
      select pg_snapshot_xmax(reopen_knowledge) from closed where reopen_knowledge is not null
    ), stream as (
      select b.xid, null::uuid as id, null::date as date, max(c.closed_through) as closed_through
      from bound b
      left join closed c on pg_snapshot_xmax(c.knowledge) <= b.xid
        and (c.reopen_knowledge is null or pg_snapshot_xmax(c.reopen_knowledge) > b.xid)
      group by b.xid
      union all
      select recorded_xid, id, date, null from ledger.journal_entries
      where book_id = ${bookId} and status <> 'draft' and exists (select from closed)
    ), stepped as (
      select *, count(*) filter (where id is null) over (order by xid, id nulls first rows unbounded preceding) as step
      from stream
    ), placed as (
      select xid, id, date, max(closed_through) over (partition by step) as closed_through from stepped
    ), judged as (
      select id, date, case
        when xid in (select xid from running) then (
          select max(c.closed_through) from closed c
          where not pg_visible_in_snapshot(placed.xid, c.knowledge)
            and (c.reopen_knowledge is null or pg_visible_in_snapshot(placed.xid, c.reopen_knowledge)))
        else closed_through
      end as closed_through
      from placed where id is not null
    ), violation as (
      select row_number() over (order by id) as rank, jsonb_build_object(
        'entry_id', id, 'date', date,
        'detail', format('It was recorded while the book was closed through %s.', closed_through)
      ) as example
      from judged where date <= closed_through
    )
    select count(*)::int as violations, coalesce(jsonb_agg(example order by rank) filter (where rank <= 10), '[]') as examples
    from violation`;
  return only(rows);
}
