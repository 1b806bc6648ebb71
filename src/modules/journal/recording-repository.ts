import type { Amount, Decimal } from "../../domain/decimal.ts";
import type { Side } from "../../domain/posting.ts";
import type { Tx } from "../../foundation/db/index.ts";

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
  readonly recorded_by: string;
  readonly recorded_key_id: string | null;
  readonly recorded_at: Date;
  readonly request_id: string;
  readonly trace_id: string;
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

/** Entries to be recorded with their lines. */
export interface NewEntries {
  readonly bookId: string;
  readonly status: "draft" | "posted";
  /** In the order in which they count as posted. */
  readonly entries: readonly NewEntry[];
  readonly lines: readonly NewLine[];
}

/** An account that lines named. */
export interface NamedAccount {
  readonly id: string;
  readonly path: string;
}

/** What an account has in a commodity: debits minus credits of all posted lines, whatever their day. */
export interface Balance {
  readonly account_id: string;
  readonly commodity: string;
  readonly balance: string;
}

/** What became of entries. What has faults was not recorded. */
export interface Recorded {
  readonly faults: readonly LineFaults[];
  readonly accounts: readonly NamedAccount[];
  /** What all of them together left on the accounts that they touched; none for drafts. */
  readonly balances: readonly Balance[];
}

/**
 * Writes entries with their lines and totals: one round trip for any number.
 *
 * @param apart - whether an entry with faults leaves the others alone; otherwise nothing is written where any has one
 */
export async function insertEntries(
  tx: Tx,
  { bookId, status, entries, lines }: NewEntries,
  { apart }: { readonly apart: boolean },
): Promise<Recorded> {
  const { ids, paths, commodities } = namesIn(lines);
  const [row] = await tx.sql<{ outcome: { [Key in keyof Recorded]?: Recorded[Key] | null } }>`
    select ledger.record_entries(${bookId}, ${status}, ${apart}, ${JSON.stringify(entries)}::jsonb,
      ${JSON.stringify(lines)}::jsonb, ${ids}::uuid[], ${paths}::text[], ${commodities}::text[]) as outcome`;
  if (row === undefined) throw new Error("ledger.record_entries answered no row");
  const { faults, accounts, balances } = row.outcome;
  return { faults: faults ?? [], accounts: accounts ?? [], balances: balances ?? [] };
}

/** What would keep lines from being posted, in the order of entries and lines. */
export async function findLineFaults(
  tx: Tx,
  { bookId, lines }: { readonly bookId: string; readonly lines: readonly NewLine[] },
): Promise<readonly LineFaults[]> {
  const { ids, paths, commodities } = namesIn(lines);
  const [row] = await tx.sql<{ faults: LineFaults[] | null }>`
    select judged.faults from ledger.judge_lines(${bookId}, 'posted', ${JSON.stringify(lines)}::jsonb, ${ids}::uuid[],
      ${paths}::text[], ${commodities}::text[]) as judged`;
  return row?.faults ?? [];
}

/** What lines name, each once: accounts by either name, and commodities that the book decides. */
function namesIn(lines: readonly NewLine[]) {
  const ids = new Set<string>();
  const paths = new Set<string>();
  const commodities = new Set<string>();
  for (const line of lines) {
    if (line.account_id !== undefined) ids.add(line.account_id);
    else if (line.account_path !== undefined) paths.add(line.account_path);
    if (line.places === null) commodities.add(line.commodity);
    if (line.price_commodity !== undefined && line.price_places === null) commodities.add(line.price_commodity);
  }
  return { ids: [...ids], paths: [...paths], commodities: [...commodities] };
}
