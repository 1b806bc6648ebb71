import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";
import { mergeFaults, throwFaults } from "./fault-rules.ts";
import { type ProposedEntry, toEntryRow, toLineRows, toNewEntry, toNewLine, toProposedLine } from "./proposal-rules.ts";
import { type BalanceLeft, findLineFaults, insertEntries, type LineFaults } from "./recording-repository.ts";
import { type EntryKey, type EntryRow, findEntry } from "./repository.ts";
import { entryFaultsOf } from "./rules.ts";

export { type EntryOrder, listDrafts, listRecordedEntries, type RecordedPlace } from "./history-repository.ts";
export type { ProposedEntry } from "./proposal-rules.ts";
export type { BalanceLeft } from "./recording-repository.ts";
export { type EntryKey, type EntryPlace, type EntryRow, listEntries } from "./repository.ts";

/** An entry as it was recorded, with what it left on the accounts that it touched (nothing for a draft). */
export interface RecordedEntry {
  readonly entry: EntryRow;
  readonly balances: readonly BalanceLeft[];
}

/**
 * Posts one entry.
 * @throws as {@link postEntries}; pointers start at the entry.
 */
export async function postEntry(tx: Tx, recording: Recording, entry: ProposedEntry): Promise<RecordedEntry> {
  return only(await record(tx, recording, { status: "posted", entries: [entry], pointerOf: () => "" }));
}

/**
 * Posts entries, all or none.
 * @param entries - 1 to 1,000, in the order in which they count as posted and are answered
 * @throws ENTRY_UNBALANCED, AMOUNT_TOO_PRECISE, ROUNDING_LINE_INVALID, ACCOUNT_UNKNOWN, ACCOUNT_INACTIVE,
 *   ACCOUNT_NOT_OPEN, COMMODITY_UNKNOWN, COMMODITY_NOT_PERMITTED, PERIOD_LOCKED; the first fault gives the id, `errors[]`
 *   has them all (5,000 at most), each with its own id and a pointer that starts with `/entries/{index}`.
 */
export function postEntries(tx: Tx, recording: Recording, entries: readonly ProposedEntry[]): Promise<RecordedEntry[]> {
  return record(tx, recording, { status: "posted", entries, pointerOf: (index) => `/entries/${index}` });
}

/**
 * Records an entry as a draft: its accounts exist, and nothing else is asked of it yet.
 * @throws ACCOUNT_UNKNOWN
 */
export async function saveDraft(tx: Tx, recording: Recording, entry: ProposedEntry): Promise<RecordedEntry> {
  return only(await record(tx, recording, { status: "draft", entries: [entry], pointerOf: () => "" }));
}

interface Batch {
  readonly status: "draft" | "posted";
  readonly entries: readonly ProposedEntry[];
  readonly pointerOf: (entryIndex: number) => string;
}

async function record(tx: Tx, recording: Recording, batch: Batch): Promise<RecordedEntry[]> {
  const { status, pointerOf } = batch;
  const proposed = batch.entries.map((entry) => ({ entry, lines: entry.lines.map(toProposedLine) }));
  const lines = proposed.flatMap(({ entry, lines: own }, index) =>
    own.map((line, position) => toNewLine(entry, index, line, position)),
  );
  const certain = proposed.map(({ lines: own }) => (status === "draft" ? [] : entryFaultsOf(own)));
  const refuse = (found: readonly LineFaults[]) => throwFaults(mergeFaults(proposed, certain, found), pointerOf);
  if (certain.some((faults) => faults.length > 0)) {
    refuse(await findLineFaults(tx, { bookId: recording.bookId, lines }));
  }
  const entries = proposed.map(({ entry }) => toNewEntry(entry, recording));
  const outcome = await insertEntries(tx, { recording, status, entries, lines });
  if ("faults" in outcome) return refuse(outcome.faults);
  const linesOf = Map.groupBy(outcome.lines, (line) => line.entry_index);
  const balancesOf = Map.groupBy(outcome.balances ?? [], (balance) => balance.entry_id);
  return entries.map((entry, index) => ({
    entry: toEntryRow(entry, status, recording, toLineRows(proposed[index]?.lines ?? [], linesOf.get(index) ?? [])),
    balances: balancesOf.get(entry.id) ?? [],
  }));
}

/** @throws NOT_FOUND when the book has no such entry. */
export async function getEntry(tx: Tx, key: EntryKey): Promise<EntryRow> {
  return assertFound(await findEntry(tx, key));
}

/** @throws NOT_FOUND where there is no entry. */
export function assertFound(entry: EntryRow | null): EntryRow {
  if (entry === null) throw new AppError("NOT_FOUND", { detail: "There is no such journal entry." });
  return entry;
}

function only([recorded]: readonly RecordedEntry[]): RecordedEntry {
  if (recorded === undefined) throw new Error("one entry was recorded and none came back");
  return recorded;
}
