import type { AccountType, CashFlowClass } from "../../domain/account.ts";
import type { Knowledge } from "../../domain/knowledge.ts";
import type { Tx } from "../../foundation/db/index.ts";

/** Which movements: of a range of days (null: no bound), as known at a point of knowledge (null: now). */
export interface MovementQuery {
  readonly bookId: string;
  readonly since: string | null;
  readonly asOf: string | null;
  readonly knownAt: Knowledge | null;
}

/** What an account moved in a commodity that weighed in another (or itself). Never zero on both sides. */
export interface Movement {
  readonly account_id: string;
  readonly path: string;
  readonly type: AccountType;
  readonly commodity: string;
  readonly weight_commodity: string;
  readonly debit: string;
  readonly credit: string;
  readonly weight_debit: string;
  readonly weight_credit: string;
}

/**
 * What every account moved, sorted by path, commodity and weight commodity. Read from the daily totals; lines are read of
 * closing entries, where those are left out, and of what was recorded after the point of knowledge.
 */
export function selectMovements(
  tx: Tx,
  { bookId, since, asOf, knownAt }: MovementQuery,
  { withoutClosing }: { readonly withoutClosing: boolean },
): Promise<Movement[]> {
  return tx.sql<Movement>`
    select m.account_id, a.path, a.type, m.commodity, m.weight_commodity, m.debit::text as debit, m.credit::text as credit,
      m.weight_debit::text as weight_debit, m.weight_credit::text as weight_credit
    from ledger.movements(${bookId}::uuid, ${since}::date, ${asOf}::date, ${knownAt?.at ?? null}::timestamptz,
      ${knownAt?.snapshot ?? null}::pg_snapshot, ${withoutClosing}::boolean) m
    join ledger.accounts a on a.book_id = ${bookId} and a.id = m.account_id
    order by a.path collate "C", m.commodity collate "C", m.weight_commodity collate "C"`;
}

/** The class of each account that has one of its own, by path. */
export async function selectCashFlowClasses(tx: Tx, bookId: string): Promise<ReadonlyMap<string, CashFlowClass>> {
  const rows = await tx.sql<{ path: string; cash_flow: CashFlowClass }>`
    select path, cash_flow from ledger.accounts where book_id = ${bookId} and cash_flow is not null`;
  return new Map(rows.map((row) => [row.path, row.cash_flow]));
}
