import { and, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { journalEntries, lines } from "../../db/schema/index.ts";
import type { Side } from "../../domain/posting.ts";
import type { Tx } from "../../foundation/db/index.ts";

export interface LineRow {
  readonly position: number;
  readonly account_id: string;
  readonly account_path: string;
  readonly side: Side;
  readonly amount: string;
  readonly commodity: string;
  readonly price_amount: string | null;
  readonly price_commodity: string | null;
  readonly price_source: string | null;
  readonly weight: string;
  readonly weight_commodity: string;
  readonly memo: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly rounding: boolean;
}

export interface EntryRow {
  readonly id: string;
  readonly status: "draft" | "posted" | "voided";
  readonly date: string;
  readonly memo: string | null;
  readonly payee: string | null;
  readonly tags: readonly string[];
  readonly links: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string | null;
  readonly closing: boolean;
  readonly voidsId: string | null;
  readonly voidReason: string | null;
  readonly voidedById: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly recordedBy: string;
  readonly recordedKeyId: string | null;
  readonly recordedAt: Date;
  readonly requestId: string;
  readonly traceId: string;
  readonly lines: readonly LineRow[];
}

/** Amounts travel as text inside the JSON: a JSON number would lose digits. */
const linesOfEntry = sql<LineRow[]>`(
  select jsonb_agg(jsonb_build_object(
    'position', l.position, 'account_id', l.account_id, 'account_path', a.path,
    'side', l.side, 'amount', l.amount::text, 'commodity', l.commodity,
    'price_amount', l.price_amount::text, 'price_commodity', l.price_commodity, 'price_source', l.price_source,
    'weight', l.weight::text, 'weight_commodity', l.weight_commodity,
    'memo', l.memo, 'metadata', l.metadata, 'rounding', l.rounding) order by l.position)
  from ledger.lines l
  join ledger.accounts a on a.book_id = l.book_id and a.id = l.account_id
  where l.book_id = journal_entries.book_id and l.entry_id = journal_entries.id)`.as("lines");

export const entryColumns = {
  id: journalEntries.id,
  status: journalEntries.status,
  date: journalEntries.date,
  memo: journalEntries.memo,
  payee: journalEntries.payee,
  tags: journalEntries.tags,
  links: journalEntries.links,
  metadata: journalEntries.metadata,
  source: journalEntries.source,
  closing: journalEntries.closing,
  voidsId: journalEntries.voidsId,
  voidReason: journalEntries.voidReason,
  voidedById: journalEntries.voidedById,
  createdBy: journalEntries.createdBy,
  createdAt: journalEntries.createdAt,
  recordedBy: journalEntries.recordedBy,
  recordedKeyId: journalEntries.recordedKeyId,
  recordedAt: journalEntries.recordedAt,
  requestId: journalEntries.requestId,
  traceId: journalEntries.traceId,
  lines: linesOfEntry,
};

export interface EntryKey {
  readonly bookId: string;
  readonly entryId: string;
}

const isEntry = (key: EntryKey) => and(eq(journalEntries.bookId, key.bookId), eq(journalEntries.id, key.entryId));

export async function findEntry(tx: Tx, key: EntryKey): Promise<EntryRow | null> {
  const [row] = await tx.orm.select(entryColumns).from(journalEntries).where(isEntry(key));
  return row ?? null;
}

/**
 * Reads an entry and keeps everyone else from changing, posting or voiding it until the transaction ends. The lock is on
 * the id and not on the row, which a changed draft has anew; what is read was committed before the lock was had.
 */
export async function lockEntry(tx: Tx, key: EntryKey): Promise<EntryRow | null> {
  const [, entry] = await Promise.all([
    tx.sql`select pg_advisory_xact_lock(hashtextextended('footing.entry:' || ${key.entryId}, 0))`,
    findEntry(tx, key),
  ]);
  return entry;
}

/** With its lines; the database refuses it for an entry that was posted. */
export async function deleteEntry(tx: Tx, key: EntryKey): Promise<void> {
  await tx.orm.delete(journalEntries).where(isEntry(key));
}

export async function markVoided(tx: Tx, key: EntryKey, voidedById: string): Promise<void> {
  await tx.orm.update(journalEntries).set({ status: "voided", voidedById }).where(isEntry(key));
}

export interface EntryFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: "draft" | "posted" | "voided" | undefined;
  readonly text?: string | undefined;
  readonly tag?: string | undefined;
  /** All on the same line. */
  readonly line: {
    readonly accountId?: string | undefined;
    readonly commodity?: string | undefined;
    readonly amountMin?: string | undefined;
    readonly amountMax?: string | undefined;
  };
}

/** Where an entry stands in the list's order. */
export interface EntryPlace {
  readonly date: string;
  readonly id: string;
}

/** Newest first; at most `limit` entries before the entry that `before` names. */
export function listEntries(
  tx: Tx,
  bookId: string,
  filter: EntryFilter,
  page: { readonly limit: number; readonly before: EntryPlace | null },
): Promise<EntryRow[]> {
  const { date, id, status, tags } = journalEntries;
  const query = tx.orm.select(entryColumns).from(journalEntries).$dynamic();
  const conditions = [
    eq(journalEntries.bookId, bookId),
    filter.status === undefined ? undefined : eq(status, filter.status),
    filter.tag === undefined ? undefined : sql`${filter.tag} = any(${tags})`,
    filter.text === undefined ? undefined : containsText(filter.text),
  ];
  if (filter.line.accountId === undefined) {
    // NULLS LAST changes nothing but lets the index give this order.
    return query
      .where(and(...conditions, ...within(date, id, filter, page.before), hasLine(bookId, filter.line)))
      .orderBy(sql`${date} desc nulls last`, sql`${id} desc nulls last`)
      .limit(page.limit);
  }
  // From the account's own index, so that a page costs the same however long the book is.
  return query
    .innerJoin(lines, and(eq(lines.bookId, bookId), eq(lines.entryId, id)))
    .where(and(...conditions, ...within(lines.date, lines.entryId, filter, page.before), isFirstMatch(filter.line)))
    .orderBy(desc(lines.date), desc(lines.entryId))
    .limit(page.limit);
}

/** The days of the filter and what comes after the page before, in columns that one index has. */
function within(date: AnyPgColumn, id: AnyPgColumn, filter: EntryFilter, before: EntryPlace | null) {
  return [
    filter.from === undefined ? undefined : gte(date, filter.from),
    filter.to === undefined ? undefined : lte(date, filter.to),
    before === null ? undefined : sql`(${date}, ${id}) < (${before.date}::date, ${before.id}::uuid)`,
  ];
}

function containsText(text: string): SQL {
  const pattern = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  return sql`(${journalEntries.memo} ilike ${pattern} or ${journalEntries.payee} ilike ${pattern})`;
}

function hasLine(bookId: string, line: EntryFilter["line"]): SQL | undefined {
  const matches = lineMatches("l", line);
  if (matches === undefined) return undefined;
  return sql`${journalEntries.id} in (select l.entry_id from ledger.lines l where l.book_id = ${bookId} and ${matches})`;
}

/** Whether the joined line matches and none before it in its entry does: each entry once. */
function isFirstMatch(line: EntryFilter["line"]): SQL | undefined {
  return and(
    lineMatches("lines", line),
    sql`not exists (
      select from ledger.lines earlier
      where earlier.book_id = ${lines.bookId} and earlier.entry_id = ${lines.entryId}
        and earlier."position" < ${lines.position} and ${lineMatches("earlier", line)})`,
  );
}

function lineMatches(alias: "l" | "lines" | "earlier", line: EntryFilter["line"]): SQL | undefined {
  const of = sql.raw(alias);
  return and(
    line.accountId === undefined ? undefined : sql`${of}.account_id = ${line.accountId}`,
    line.commodity === undefined ? undefined : sql`${of}.commodity = ${line.commodity}`,
    line.amountMin === undefined ? undefined : sql`${of}.amount >= ${line.amountMin}::numeric`,
    line.amountMax === undefined ? undefined : sql`${of}.amount <= ${line.amountMax}::numeric`,
  );
}
