import type { Knowledge } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** Which entries change a statement, and by which of their lines. */
export interface StatementScope {
  /** Days, both included; null: no bound. */
  readonly since: string | null;
  readonly asOf: string | null;
  readonly withoutClosing: boolean;
  /** Only lines of income and expenses, and entries that have some. */
  readonly incomeOnly: boolean;
}

/** What an entry moved of a commodity on an account: debits minus credits. */
export interface Effect {
  readonly account_id: string;
  readonly path: string;
  readonly commodity: string;
  readonly amount: string;
}

export interface ChangeRow {
  readonly id: string;
  readonly status: "posted" | "voided";
  readonly date: string;
  readonly memo: string | null;
  readonly payee: string | null;
  readonly voids_id: string | null;
  readonly void_reason: string | null;
  readonly closing: boolean;
  readonly recorded_at: Date;
  readonly recorded_by: string;
  readonly recorded_key_id: string | null;
  readonly request_id: string;
  readonly trace_id: string;
  readonly recorded_xid: string;
  readonly effect: readonly Effect[];
}

/** Where an entry stands in the order of recording. */
export interface ChangePlace {
  readonly xid: string;
  readonly entryId: string;
}

/** Where a list of changes begins. */
export interface Span {
  /** The first transaction that recorded something that was not known at the beginning; null where none has. */
  readonly first: string | null;
  /** Whether something was known at the beginning and not at the end. */
  readonly backward: boolean;
}

/** The span between two points of knowledge; `to` null: now. Reads what was recorded since either, and no more. */
export async function selectSpan(tx: Tx, bookId: string, from: Knowledge, to: Knowledge | null): Promise<Span> {
  const [row] = await tx.sql<Span>`
    select (
      select e.recorded_xid::text
      from ledger.entries_unknown_at(${bookId}::uuid, ${from.at}::timestamptz, ${from.snapshot}::pg_snapshot) unknown
      cross join lateral (
        select e.recorded_xid from ledger.journal_entries e where e.book_id = ${bookId} and e.id = unknown.id offset 0) e
      order by e.recorded_xid limit 1
    ) as first, exists (
      select
      from ledger.entries_unknown_at(${bookId}::uuid, ${to?.at ?? null}::timestamptz, ${to?.snapshot ?? null}::pg_snapshot) unknown
      cross join lateral (
        select e.recorded_at, e.recorded_xid from ledger.journal_entries e
        where e.book_id = ${bookId} and e.id = unknown.id offset 0) e
      where ledger.was_known(e.recorded_at, e.recorded_xid, ${from.at}::timestamptz, ${from.snapshot}::pg_snapshot)
    ) as backward`;
  if (row === undefined) throw new Error("a select without from answered no row");
  return row;
}

/**
 * At most `limit` entries after the one that `after` names that were not known at `from` and are in `to`, in the order of
 * their transactions. Reads what was recorded since `from`, and no more, whatever is known of the tables: IS TRUE and
 * OFFSET 0 leave the planner only the indexes that do.
 */
export function selectChanges(
  tx: Tx,
  scope: StatementScope & { readonly bookId: string; readonly from: Knowledge; readonly to: Knowledge },
  page: { readonly limit: number; readonly after: ChangePlace },
): Promise<ChangeRow[]> {
  const { bookId, from, to, since, asOf, withoutClosing, incomeOnly } = scope;
  const { after } = page;
  return tx.sql<ChangeRow>`
    select e.id, e.status, e.date, e.memo, e.payee, e.voids_id, e.void_reason, e.closing, e.recorded_at, e.recorded_by,
      e.recorded_key_id, e.request_id, e.trace_id, e.recorded_xid::text as recorded_xid, (
        select jsonb_agg(jsonb_build_object('account_id', m.account_id, 'path', m.path, 'commodity', m.commodity,
          'amount', m.amount::text) order by m.path collate "C", m.commodity collate "C")
        from (
          select l.account_id, a.path, l.commodity, sum(case l.side when 'debit' then l.amount else -l.amount end) as amount
          from ledger.lines_of(${bookId}::uuid, e.id) l
          cross join lateral (
            select a.path, a.type from ledger.accounts a where a.book_id = ${bookId} and a.id = l.account_id offset 0
          ) a
          where not ${incomeOnly} or a.type in ('income', 'expense')
          group by l.account_id, a.path, l.commodity
        ) m
      ) as effect
    from ledger.journal_entries e
    where e.book_id = ${bookId} and e.seal is not null
      and e.recorded_xid >= ${after.xid}::text::xid8
      and (e.recorded_xid > ${after.xid}::text::xid8 or e.id > ${after.entryId}::uuid)
      and not ledger.was_known(e.recorded_at, e.recorded_xid, ${from.at}::timestamptz, ${from.snapshot}::pg_snapshot)
      and ledger.was_known(e.recorded_at, e.recorded_xid, ${to.at}::timestamptz, ${to.snapshot}::pg_snapshot)
      and (e.date between coalesce(${since}::date, '-infinity') and coalesce(${asOf}::date, 'infinity')) is true
      and not (${withoutClosing} and e.closing)
      and (not ${incomeOnly} or exists (
        select from ledger.lines_of(${bookId}::uuid, e.id) l
        cross join lateral (
          select a.path, a.type from ledger.accounts a where a.book_id = ${bookId} and a.id = l.account_id offset 0
        ) a
        where a.type in ('income', 'expense')))
    order by e.recorded_xid, e.id
    limit ${page.limit}`;
}
