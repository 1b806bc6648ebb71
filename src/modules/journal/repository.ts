import { and, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { journalEntries, lines } from "../../db/schema/index.ts";
import type { Amount, Decimal } from "../../domain/decimal.ts";
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
  readonly createdAt: Date;
  readonly postedAt: Date | null;
  readonly lines: readonly LineRow[];
}

/** A line as `ledger.post_entries` takes it. */
export interface NewLine {
  readonly entry_index: number;
  readonly entry_id: string;
  readonly date: string;
  readonly position: number;
  readonly account_id?: string | undefined;
  readonly account_path?: string | undefined;
  readonly side: Side;
  readonly amount: Amount;
  readonly commodity: string;
  readonly places: number | null;
  readonly price_amount?: Amount | undefined;
  readonly price_commodity?: string | undefined;
  readonly price_places: number | null;
  readonly weight: Decimal;
  readonly weight_commodity: string;
  readonly memo?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly rounding: boolean;
}

export interface NewEntry {
  readonly id: string;
  readonly date: string;
  readonly memo?: string | undefined;
  readonly payee?: string | undefined;
  readonly tags: readonly string[];
  readonly links: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source?: string | undefined;
}

export type LineFaultKind =
  | "account_unknown"
  | "account_inactive"
  | "account_not_open"
  | "commodity_unknown"
  | "price_commodity_unknown"
  | "commodity_not_permitted"
  | "amount_too_precise"
  | "rounding_too_large";

/** Why the database refuses a line: at least one kind. */
export interface LineFaults {
  readonly entry_index: number;
  readonly position: number;
  readonly kinds: readonly LineFaultKind[];
  readonly account_path: string | null;
  readonly commodity: string;
  readonly price_commodity: string | null;
  readonly places: number | null;
  readonly opened_on: string | null;
  readonly closed_on: string | null;
}

/** The account that each line named, in the order of entries and lines. */
export interface PostedLine {
  readonly entry_index: number;
  readonly position: number;
  readonly account_id: string;
  readonly account_path: string;
}

/** Writes entries with their lines and totals, or nothing where any line has a fault: one round trip for any number. */
export async function insertPostedEntries(
  tx: Tx,
  batch: {
    readonly bookId: string;
    readonly userId: string;
    readonly recordedAt: Date;
    readonly entries: readonly NewEntry[];
    readonly lines: readonly NewLine[];
  },
): Promise<{ readonly faults: readonly LineFaults[] } | { readonly lines: readonly PostedLine[] }> {
  const [row] = await tx.sql<{ outcome: { faults: LineFaults[] } | { lines: PostedLine[] } }>`
    select ledger.post_entries(${batch.bookId}, ${batch.userId}, ${batch.recordedAt},
      ${JSON.stringify(batch.entries)}::jsonb, ${JSON.stringify(batch.lines)}::jsonb) as outcome`;
  if (row === undefined) throw new Error("ledger.post_entries answered no row");
  return row.outcome;
}

/** What would keep lines from being posted, in the order of entries and lines. */
export async function findLineFaults(
  tx: Tx,
  batch: { readonly bookId: string; readonly lines: readonly NewLine[] },
): Promise<readonly LineFaults[]> {
  const [row] = await tx.sql<{ faults: LineFaults[] | null }>`
    select judged.faults from ledger.judge_lines(${batch.bookId}, ${JSON.stringify(batch.lines)}::jsonb) as judged`;
  return row?.faults ?? [];
}

/** Amounts travel as text inside the JSON: a JSON number would lose digits. */
const linesOfEntry = sql<LineRow[]>`(
  select jsonb_agg(jsonb_build_object(
    'position', l.position, 'account_id', l.account_id, 'account_path', a.path,
    'side', l.side, 'amount', l.amount::text, 'commodity', l.commodity,
    'price_amount', l.price_amount::text, 'price_commodity', l.price_commodity,
    'weight', l.weight::text, 'weight_commodity', l.weight_commodity,
    'memo', l.memo, 'metadata', l.metadata, 'rounding', l.rounding) order by l.position)
  from ledger.lines l
  join ledger.accounts a on a.book_id = l.book_id and a.id = l.account_id
  where l.book_id = journal_entries.book_id and l.entry_id = journal_entries.id)`.as("lines");

const entryColumns = {
  id: journalEntries.id,
  status: journalEntries.status,
  date: journalEntries.date,
  memo: journalEntries.memo,
  payee: journalEntries.payee,
  tags: journalEntries.tags,
  links: journalEntries.links,
  metadata: journalEntries.metadata,
  source: journalEntries.source,
  createdAt: journalEntries.createdAt,
  postedAt: journalEntries.postedAt,
  lines: linesOfEntry,
};

export async function findEntry(
  tx: Tx,
  key: { readonly bookId: string; readonly entryId: string },
): Promise<EntryRow | null> {
  const [row] = await tx.orm
    .select(entryColumns)
    .from(journalEntries)
    .where(and(eq(journalEntries.bookId, key.bookId), eq(journalEntries.id, key.entryId)));
  return row ?? null;
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
export interface EntryKey {
  readonly date: string;
  readonly id: string;
}

/** Newest first; at most `limit` entries before the entry that `before` names. */
export function listEntries(
  tx: Tx,
  bookId: string,
  filter: EntryFilter,
  page: { readonly limit: number; readonly before: EntryKey | null },
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
function within(date: AnyPgColumn, id: AnyPgColumn, filter: EntryFilter, before: EntryKey | null) {
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
