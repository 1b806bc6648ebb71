import type { Knowledge } from "../../domain/knowledge.ts";
import type { Side } from "../../domain/posting.ts";
import type { Tx } from "../../foundation/db/index.ts";

export interface AccountKey {
  readonly bookId: string;
  readonly accountId: string;
}

export interface BalanceRow {
  readonly path: string;
  /** Null where the account exists and has no lines. */
  readonly commodity: string | null;
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
}

export interface BalanceQuery extends AccountKey {
  readonly asOf: string | null;
  readonly knownAt: Knowledge | null;
  readonly descendants: boolean;
}

/**
 * A row per commodity, or one without for an account with no lines; none at all when there is no such account. From the
 * daily totals, less the lines of what was recorded after the point of knowledge.
 */
export function selectBalance(
  tx: Tx,
  { bookId, accountId, asOf, knownAt, descendants }: BalanceQuery,
): Promise<BalanceRow[]> {
  const [at, snapshot] = [knownAt?.at ?? null, knownAt?.snapshot ?? null];
  return tx.sql<BalanceRow>`
    select root.path, m.commodity, sum(m.debit)::text as debit, sum(m.credit)::text as credit,
      sum(m.debit - m.credit)::text as balance
    from ledger.accounts root
    left join lateral (
      select t.commodity, t.debit, t.credit
      from ledger.accounts a
      join ledger.daily_totals t on t.book_id = a.book_id and t.account_id = a.id
      where a.book_id = root.book_id and (a.id = root.id or (${descendants} and starts_with(a.path, root.path || ':')))
        and t.date <= coalesce(${asOf}::date, 'infinity')
      union all
      select l.commodity, case l.side when 'debit' then -l.amount else 0 end,
        case l.side when 'credit' then -l.amount else 0 end
      from ledger.entries_unknown_at(${bookId}::uuid, ${at}::timestamptz, ${snapshot}::pg_snapshot) u
      cross join lateral ledger.lines_of(${bookId}::uuid, u.id) l
      cross join lateral (
        select a.id, a.path from ledger.accounts a where a.book_id = ${bookId} and a.id = l.account_id offset 0
      ) a
      where (a.id = root.id or (${descendants} and starts_with(a.path, root.path || ':')))
        and l.date <= coalesce(${asOf}::date, 'infinity')
    ) m on true
    where root.book_id = ${bookId} and root.id = ${accountId}
    group by root.path, m.commodity
    order by m.commodity`;
}

/** Where a line stands in the register's order. */
export interface RegisterKey {
  readonly date: string;
  readonly entryId: string;
  readonly position: number;
}

export interface RegisterRow {
  readonly entry_id: string;
  readonly position: number;
  readonly date: string;
  readonly payee: string | null;
  readonly memo: string | null;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly balance: string;
}

export interface RegisterFilter {
  readonly knownAt: Knowledge | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly commodity: string | null;
}

/**
 * At most `limit` lines after the line that `after` names, oldest first, each with the balance after it. What came
 * before the page is read from the daily totals and the lines of the page's first day, and of what was recorded after the
 * point of knowledge.
 */
export function selectRegister(
  tx: Tx,
  { bookId, accountId }: AccountKey,
  { from, to, commodity, knownAt }: RegisterFilter,
  page: { readonly limit: number; readonly after: RegisterKey | null },
): Promise<RegisterRow[]> {
  const [at, snapshot] = [knownAt?.at ?? null, knownAt?.snapshot ?? null];
  return tx.sql<RegisterRow>`
    with page as materialized (
      select l.entry_id, l."position", l.date, l.side, l.amount, l.commodity, l.memo
      from ledger.lines l
      where l.book_id = ${bookId} and l.account_id = ${accountId}
        and l.date >= coalesce(${from}::date, '-infinity') and l.date <= coalesce(${to}::date, 'infinity')
        and (${commodity}::text is null or l.commodity = ${commodity})
        and (l.date, l.entry_id, l."position") >
            (coalesce(${page.after?.date ?? null}::date, '-infinity'),
             coalesce(${page.after?.entryId ?? null}::uuid, '00000000-0000-0000-0000-000000000000'),
             coalesce(${page.after?.position ?? null}::int, -1))
        and exists (
          select from ledger.journal_entries e
          where e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
            and ledger.was_known(e.recorded_at, e.recorded_xid, ${at}::timestamptz, ${snapshot}::pg_snapshot))
      order by l.date, l.entry_id, l."position"
      limit ${page.limit}
    ), first as (
      select date, entry_id, "position" from page order by date, entry_id, "position" limit 1
    ), opening as (
      select commodity, sum(amount) as balance from (
        select t.commodity, t.debit - t.credit as amount
        from ledger.daily_totals t, first
        where t.book_id = ${bookId} and t.account_id = ${accountId} and t.date < first.date
        union all
        select l.commodity, case l.side when 'debit' then -l.amount else l.amount end
        from first
        cross join ledger.entries_unknown_at(${bookId}::uuid, ${at}::timestamptz, ${snapshot}::pg_snapshot) u
        cross join lateral ledger.lines_of(${bookId}::uuid, u.id) l
        where l.account_id = ${accountId} and l.date < first.date
        union all
        select l.commodity, case l.side when 'debit' then l.amount else -l.amount end
        from first
        join ledger.lines l on l.book_id = ${bookId} and l.account_id = ${accountId} and l.date = first.date
          and (l.entry_id, l."position") < (first.entry_id, first."position")
        join ledger.journal_entries e on e.book_id = l.book_id and e.id = l.entry_id and e.status <> 'draft'
          and ledger.was_known(e.recorded_at, e.recorded_xid, ${at}::timestamptz, ${snapshot}::pg_snapshot)
      ) before
      group by commodity
    )
    select p.entry_id, p."position", p.date, e.payee, coalesce(p.memo, e.memo) as memo, p.side, p.amount::text as amount, p.commodity,
      (coalesce(o.balance, 0) + sum(case p.side when 'debit' then p.amount else -p.amount end)
        over (partition by p.commodity order by p.date, p.entry_id, p."position"))::text as balance
    from page p
    join ledger.journal_entries e on e.book_id = ${bookId} and e.id = p.entry_id
    left join opening o on o.commodity = p.commodity
    order by p.date, p.entry_id, p."position"`;
}

export async function accountExists(tx: Tx, { bookId, accountId }: AccountKey): Promise<boolean> {
  const rows = await tx.sql`select from ledger.accounts where book_id = ${bookId} and id = ${accountId}`;
  return rows.length > 0;
}
