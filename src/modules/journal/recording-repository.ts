import type { Amount, Decimal } from "../../domain/decimal.ts";
import type { Side } from "../../domain/posting.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";

/** A line as `ledger.record_entries` takes it. */
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
  readonly price_source?: string | undefined;
  readonly price_places: number | null;
  readonly weight: Decimal;
  readonly weight_commodity: string;
  readonly memo?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly rounding: boolean;
}

/** A header as `ledger.record_entries` takes it. */
export interface NewEntry {
  readonly id: string;
  readonly date: string;
  readonly memo: string | null;
  readonly payee: string | null;
  readonly tags: readonly string[];
  readonly links: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string | null;
  readonly closing: boolean;
  readonly voids_id: string | null;
  readonly void_reason: string | null;
  readonly created_by: string;
  readonly created_at: Date;
}

export type LineFaultKind =
  | "period_locked"
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
  /** The last day of the book that is closed. */
  readonly closed_through: string | null;
}

/** The account that each line named, in the order of entries and lines. */
export interface PostedLine {
  readonly entry_index: number;
  readonly position: number;
  readonly account_id: string;
  readonly account_path: string;
}

/** Entries to be recorded with their lines. */
export interface NewEntries {
  readonly recording: Recording;
  readonly status: "draft" | "posted";
  /** In the order in which they count as posted. */
  readonly entries: readonly NewEntry[];
  readonly lines: readonly NewLine[];
}

/** What an entry left on an account that it touched: debits minus credits of all posted lines, whatever their day. */
export interface BalanceLeft {
  readonly entry_id: string;
  readonly account_id: string;
  readonly commodity: string;
  readonly balance: string;
}

export interface RecordedEntries {
  readonly lines: readonly PostedLine[];
  /** Null for drafts. */
  readonly balances: readonly BalanceLeft[] | null;
}

/** Writes entries with their lines and totals, or nothing where any line has a fault: one round trip for any number. */
export async function insertEntries(
  tx: Tx,
  { recording, status, entries, lines }: NewEntries,
): Promise<{ readonly faults: readonly LineFaults[] } | RecordedEntries> {
  const recorded = {
    recorded_by: recording.userId,
    recorded_key_id: recording.apiKeyId,
    recorded_at: recording.at,
    request_id: recording.requestId,
    trace_id: recording.traceId,
  };
  const [row] = await tx.sql<{ outcome: { faults: LineFaults[] } | RecordedEntries }>`
    select ledger.record_entries(${recording.bookId}, ${status}, ${JSON.stringify(recorded)}::jsonb,
      ${JSON.stringify(entries)}::jsonb, ${JSON.stringify(lines)}::jsonb) as outcome`;
  if (row === undefined) throw new Error("ledger.record_entries answered no row");
  return row.outcome;
}

/** What would keep lines from being posted, in the order of entries and lines. */
export async function findLineFaults(
  tx: Tx,
  batch: { readonly bookId: string; readonly lines: readonly NewLine[] },
): Promise<readonly LineFaults[]> {
  const [row] = await tx.sql<{ faults: LineFaults[] | null }>`
    select judged.faults from ledger.judge_lines(${batch.bookId}, 'posted', ${JSON.stringify(batch.lines)}::jsonb) as judged`;
  return row?.faults ?? [];
}
