import { and, asc, desc, eq, getTableColumns, gt, isNull, lt, max, sql } from "drizzle-orm";
import { accounts, periodCloses } from "../../db/schema/index.ts";
import type { AccountType } from "../../domain/account.ts";
import type { Decimal } from "../../domain/decimal.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";

const columns = { ...getTableColumns(periodCloses), era: sql<string>`ledger.era()`.as("era") };

/** With the era that its snapshots are of. */
export type PeriodCloseRow = typeof periodCloses.$inferSelect & { readonly era: string };

export interface CloseKey {
  readonly bookId: string;
  readonly closeId: string;
}

/** An account, by exactly one of its names. */
export type AccountName = { readonly id: string } | { readonly path: string };

/**
 * Keeps everyone else from posting to the book, and from closing and reopening its periods, until the transaction ends.
 * A statement of its own, so that those after it see whatever was under way before.
 */
export async function lockPeriods(tx: Tx, bookId: string): Promise<void> {
  await tx.sql`select ledger.lock_periods(${bookId})`;
}

/** The last day that a standing close locks, or null. */
export async function findClosedThrough(tx: Tx, bookId: string): Promise<string | null> {
  const [row] = await tx.orm
    .select({ closedThrough: max(periodCloses.closedThrough) })
    .from(periodCloses)
    .where(and(eq(periodCloses.bookId, bookId), isNull(periodCloses.reopenedAt)));
  return row?.closedThrough ?? null;
}

export async function findAccount(
  tx: Tx,
  bookId: string,
  name: AccountName,
): Promise<{ readonly id: string; readonly path: string; readonly type: AccountType } | null> {
  const isNamed = "id" in name ? eq(accounts.id, name.id) : eq(accounts.path, name.path);
  const [row] = await tx.orm
    .select({ id: accounts.id, path: accounts.path, type: accounts.type })
    .from(accounts)
    .where(and(eq(accounts.bookId, bookId), isNamed));
  return row ?? null;
}

export interface HeldResult {
  readonly account_id: string;
  readonly commodity: string;
  /** What the book's own commodity has; null for ISO 4217's. */
  readonly places: number | null;
  /** Debits minus credits, without trailing zeros. */
  readonly balance: Decimal;
}

/** What income and expense accounts hold up to a day, where it is not zero; by commodity and account. */
export function listResults(tx: Tx, bookId: string, through: string): Promise<HeldResult[]> {
  return tx.sql<HeldResult>`
    select held.account_id, held.commodity, c.places, held.balance
    from (
      select t.account_id, a.path, t.commodity, trim_scale(sum(t.debit - t.credit))::text as balance
      from ledger.daily_totals t
      join ledger.accounts a on a.book_id = t.book_id and a.id = t.account_id
      where t.book_id = ${bookId} and t.date <= ${through}::date and a.type in ('income', 'expense')
      group by t.account_id, a.path, t.commodity
      having sum(t.debit - t.credit) <> 0
    ) held
    left join ledger.commodities c on c.book_id = ${bookId} and c.code = held.commodity
    order by held.commodity collate "C", held.path collate "C"`;
}

/** With what is known as it is written: all that is committed, and what this transaction posted. */
export async function insertClose(
  tx: Tx,
  recording: Recording,
  close: { readonly id: string; readonly closedThrough: string; readonly closingEntryIds: string[] },
): Promise<PeriodCloseRow> {
  const rows = await tx.orm
    .insert(periodCloses)
    .values({
      ...close,
      bookId: recording.bookId,
      closedBy: recording.userId,
      closedKeyId: recording.apiKeyId,
      closedAt: recording.at,
      closeRequestId: recording.requestId,
      closeTraceId: recording.traceId,
      knowledge: sql`ledger.knowledge()`,
    })
    .returning(columns);
  return only(rows);
}

/** Marks a close as reopened, with what was known as it stood last. */
export async function markReopened(
  tx: Tx,
  recording: Recording,
  { closeId, reason }: { readonly closeId: string; readonly reason: string },
): Promise<PeriodCloseRow> {
  const rows = await tx.orm
    .update(periodCloses)
    .set({
      reopenedBy: recording.userId,
      reopenedAt: recording.at,
      reopenRequestId: recording.requestId,
      reopenTraceId: recording.traceId,
      reopenKnowledge: sql`ledger.knowledge()`,
      reopenReason: reason,
    })
    .where(isClose({ bookId: recording.bookId, closeId }))
    .returning(columns);
  return only(rows);
}

export async function findClose(tx: Tx, key: CloseKey): Promise<PeriodCloseRow | null> {
  const [row] = await tx.orm.select(columns).from(periodCloses).where(isClose(key));
  return row ?? null;
}

/** Newest first, which is the order of their ids; at most `limit` before the id `before`. */
export function listCloses(
  tx: Tx,
  bookId: string,
  page: { readonly limit: number; readonly before: string | null },
): Promise<PeriodCloseRow[]> {
  return tx.orm
    .select(columns)
    .from(periodCloses)
    .where(and(eq(periodCloses.bookId, bookId), page.before === null ? undefined : lt(periodCloses.id, page.before)))
    .orderBy(desc(periodCloses.id))
    .limit(page.limit);
}

/** In the order in which they were made, which is that of their ids; at most `limit` after the id `after`. */
export function listClosesInOrder(
  tx: Tx,
  bookId: string,
  page: { readonly limit: number; readonly after: string | null },
): Promise<PeriodCloseRow[]> {
  return tx.orm
    .select(columns)
    .from(periodCloses)
    .where(and(eq(periodCloses.bookId, bookId), page.after === null ? undefined : gt(periodCloses.id, page.after)))
    .orderBy(asc(periodCloses.id))
    .limit(page.limit);
}

const isClose = (key: CloseKey) => and(eq(periodCloses.bookId, key.bookId), eq(periodCloses.id, key.closeId));

function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("a period's close was written and did not come back");
  return row;
}
