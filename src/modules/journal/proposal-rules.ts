import { minorUnitsOf } from "../../domain/currency.ts";
import { type Amount, parseAmount } from "../../domain/decimal.ts";
import { weightOf } from "../../domain/posting.ts";
import type { Recording } from "../book-write/index.ts";
import { balancesAfterEach } from "./balance-rules.ts";
import type { Balance, NamedAccount, NewEntries, NewEntry, NewLine, Recorded } from "./recording-repository.ts";
import type { EntryRow, LineRow } from "./repository.ts";
import type { PostingRequest } from "./schemas.ts";

/** An entry as a caller proposes it, with the id that it will have. */
export interface ProposedEntry extends PostingRequest {
  readonly id: string;
  /** The entry that it reverses, and why. */
  readonly voids?: { readonly entryId: string; readonly reason: string };
  /** Who made it and when, where that is not the present write. */
  readonly created?: { readonly by: string; readonly at: Date };
}

type LineRequest = PostingRequest["lines"][number];

/** An entry as it was recorded, with what it left on the accounts that it touched (nothing for a draft). */
export interface RecordedEntry {
  readonly entry: EntryRow;
  readonly balances: readonly Balance[];
}

/** An entry with its lines as the rules of the domain read them, and who records it. */
export interface Proposal {
  readonly recording: Recording;
  readonly entry: ProposedEntry;
  readonly lines: readonly ProposedLine[];
}

export function toProposal(recording: Recording, entry: ProposedEntry): Proposal {
  return { recording, entry, lines: entry.lines.map(toProposedLine) };
}

/** What the database is given to record. */
export function toBatch(bookId: string, status: NewEntries["status"], proposals: readonly Proposal[]): NewEntries {
  return {
    bookId,
    status,
    entries: proposals.map(toNewEntry),
    lines: proposals.flatMap(({ entry, lines }, index) =>
      lines.map((line, position) => toNewLine(entry, index, line, position)),
    ),
  };
}

/** What was recorded of a batch, in its order and without reading it back; null for an entry with faults. */
export function toRecordedEntries(
  { status, entries }: NewEntries,
  proposals: readonly Proposal[],
  { faults, accounts, balances }: Recorded,
): (RecordedEntry | null)[] {
  const faulty = new Set(faults.map((fault) => fault.entry_index));
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const byPath = new Map(accounts.map((account) => [account.path, account]));
  const accountOf = ({ account_id: id, account_path: path = "" }: ProposedLine) =>
    id === undefined ? byPath.get(path) : byId.get(id.toLowerCase());
  const lineRows = proposals.map(({ lines }, index) => (faulty.has(index) ? [] : toLineRows(lines, accountOf)));
  const after = status === "draft" ? [] : balancesAfterEach(lineRows, balances);
  return entries.map((entry, index) =>
    faulty.has(index)
      ? null
      : { entry: toEntryRow(entry, status, lineRows[index] ?? []), balances: after[index] ?? [] },
  );
}

export type ProposedLine = ReturnType<typeof toProposedLine>;

function toProposedLine({ amount, price, ...line }: LineRequest) {
  return {
    ...line,
    amount: toAmount(amount),
    price: price === undefined ? null : { ...price, amount: toAmount(price.amount) },
  };
}

/** The schema has checked the grammar. */
function toAmount(text: string): Amount {
  const amount = parseAmount(text);
  if (amount === null) throw new TypeError(`not an amount: ${text}`);
  return amount;
}

function toNewLine(
  entry: { id: string; date: string },
  entryIndex: number,
  line: ProposedLine,
  position: number,
): NewLine {
  const weight = weightOf(line);
  return {
    entry_index: entryIndex,
    entry_id: entry.id,
    date: entry.date,
    position,
    account_id: line.account_id,
    account_path: line.account_path,
    side: line.side,
    amount: line.amount,
    commodity: line.commodity,
    places: minorUnitsOf(line.commodity),
    price_amount: line.price?.amount,
    price_commodity: line.price?.commodity,
    price_source: line.price?.source,
    price_places: line.price === null ? null : minorUnitsOf(line.price.commodity),
    weight: weight.amount,
    weight_commodity: weight.commodity,
    memo: line.memo,
    metadata: line.metadata ?? {},
    rounding: line.rounding ?? false,
  };
}

function toNewEntry({ entry, recording }: Proposal): NewEntry {
  return {
    id: entry.id,
    date: entry.date,
    memo: entry.memo ?? null,
    payee: entry.payee ?? null,
    tags: entry.tags ?? [],
    links: entry.links ?? [],
    metadata: entry.metadata ?? {},
    source: entry.source ?? null,
    closing: entry.closing ?? false,
    voids_id: entry.voids?.entryId ?? null,
    void_reason: entry.voids?.reason ?? null,
    created_by: entry.created?.by ?? recording.userId,
    created_at: entry.created?.at ?? recording.at,
    recorded_by: recording.userId,
    recorded_key_id: recording.apiKeyId,
    recorded_at: recording.at,
    request_id: recording.requestId,
    trace_id: recording.traceId,
  };
}

function toEntryRow(entry: NewEntry, status: EntryRow["status"], lines: readonly LineRow[]): EntryRow {
  return {
    id: entry.id,
    status,
    date: entry.date,
    memo: entry.memo,
    payee: entry.payee,
    tags: entry.tags,
    links: entry.links,
    metadata: entry.metadata,
    source: entry.source,
    closing: entry.closing,
    voidsId: entry.voids_id,
    voidReason: entry.void_reason,
    voidedById: null,
    createdBy: entry.created_by,
    createdAt: entry.created_at,
    recordedBy: entry.recorded_by,
    recordedKeyId: entry.recorded_key_id,
    recordedAt: entry.recorded_at,
    requestId: entry.request_id,
    traceId: entry.trace_id,
    lines,
  };
}

function toLineRows(
  lines: readonly ProposedLine[],
  accountOf: (line: ProposedLine) => NamedAccount | undefined,
): LineRow[] {
  return lines.map((line, position) => {
    const account = accountOf(line);
    if (account === undefined) throw new Error(`ledger.record_entries answered no account of line ${position}`);
    const weight = weightOf(line);
    return {
      position,
      account_id: account.id,
      account_path: account.path,
      side: line.side,
      amount: line.amount,
      commodity: line.commodity,
      price_amount: line.price?.amount ?? null,
      price_commodity: line.price?.commodity ?? null,
      price_source: line.price?.source ?? null,
      weight: weight.amount,
      weight_commodity: weight.commodity,
      memo: line.memo ?? null,
      metadata: line.metadata ?? {},
      rounding: line.rounding ?? false,
    };
  });
}

/** A stored entry as one that is proposed again: a draft that is changed or posted, an entry that is reversed. */
export function toProposedEntry(entry: EntryRow): ProposedEntry {
  return {
    id: entry.id,
    date: entry.date,
    memo: entry.memo ?? undefined,
    payee: entry.payee ?? undefined,
    tags: [...entry.tags],
    links: [...entry.links],
    metadata: entry.metadata as NonNullable<PostingRequest["metadata"]>,
    source: entry.source ?? undefined,
    closing: entry.closing,
    created: { by: entry.createdBy, at: entry.createdAt },
    lines: entry.lines.map(toLineRequest),
  };
}

function toLineRequest(line: LineRow): LineRequest {
  const { price_amount: amount, price_commodity: commodity, price_source: source } = line;
  return {
    account_id: line.account_id,
    side: line.side,
    amount: line.amount,
    commodity: line.commodity,
    price: amount === null || commodity === null ? undefined : { amount, commodity, source: source ?? undefined },
    memo: line.memo ?? undefined,
    metadata: line.metadata as NonNullable<LineRequest["metadata"]>,
    rounding: line.rounding,
  };
}
