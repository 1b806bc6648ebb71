import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";
import { mergeFaults, type PointerOf, throwFaults } from "./fault-rules.ts";
import { type ProposedEntry, type RecordedEntry, toBatch, toProposal, toRecordedEntries } from "./proposal-rules.ts";
import { findLineFaults, insertEntries, type LineFaults } from "./recording-repository.ts";
import { type EntryKey, type EntryRow, findEntry } from "./repository.ts";
import { entryFaultsOf } from "./rules.ts";

export { type EntryOrder, listDrafts, listRecordedEntries } from "./history-repository.ts";
export type { ProposedEntry, RecordedEntry } from "./proposal-rules.ts";
export type { Balance } from "./recording-repository.ts";
export { type EntryKey, type EntryPlace, type EntryRow, listEntries } from "./repository.ts";

/**
 * Posts one entry.
 * @throws as {@link postEntries}; pointers start at the entry.
 */
export async function postEntry(tx: Tx, recording: Recording, entry: ProposedEntry): Promise<RecordedEntry> {
  const [posted] = await post(tx, recording, [entry], (_, { pointer }) => pointer);
  if (posted === undefined) throw new Error("one entry was posted and none came back");
  return posted;
}

/**
 * Posts entries, all or none.
 * @param entries - 1 to 1,000, in the order in which they count as posted and are answered
 * @param pointerOf - where the faults are, for a request that is not made of the entries themselves
 * @throws ENTRY_UNBALANCED, AMOUNT_TOO_PRECISE, ROUNDING_LINE_INVALID, ACCOUNT_UNKNOWN, ACCOUNT_INACTIVE,
 *   ACCOUNT_NOT_OPEN, COMMODITY_UNKNOWN, COMMODITY_NOT_PERMITTED, PERIOD_LOCKED; the first fault gives the id, `errors[]`
 *   has them all (5,000 at most), each with its own id and a pointer that starts with `/entries/{index}`.
 */
export function postEntries(
  tx: Tx,
  recording: Recording,
  entries: readonly ProposedEntry[],
  pointerOf: PointerOf = (index, { pointer }) => `/entries/${index}${pointer}`,
): Promise<RecordedEntry[]> {
  return post(tx, recording, entries, pointerOf);
}

/**
 * Posts entries, each as if it were alone: what cannot be posted leaves the others as they are.
 * @param postings - entries of one book with who posts each, in the order in which they count as posted
 * @returns null for an entry that {@link postEntry} refuses, and says why
 */
export async function postApart(
  tx: Tx,
  postings: readonly { readonly recording: Recording; readonly entry: ProposedEntry }[],
): Promise<(RecordedEntry | null)[]> {
  const proposals = postings.map(({ recording, entry }) => toProposal(recording, entry));
  const sound = proposals.filter(({ lines }) => entryFaultsOf(lines).length === 0);
  const [first] = sound;
  if (first === undefined) return postings.map(() => null);
  const batch = toBatch(first.recording.bookId, "posted", sound);
  const recorded = toRecordedEntries(batch, sound, await insertEntries(tx, batch, { apart: true }));
  const count = recorded.filter((entry) => entry !== null).length;
  tx.afterCommit(() => first.recording.metrics.ledger.entriesPosted(count));
  const recordedOf = new Map(sound.map((proposal, at) => [proposal, recorded[at] ?? null]));
  return proposals.map((proposal) => recordedOf.get(proposal) ?? null);
}

async function post(
  tx: Tx,
  recording: Recording,
  entries: readonly ProposedEntry[],
  pointerOf: PointerOf,
): Promise<RecordedEntry[]> {
  const { bookId } = recording;
  const proposals = entries.map((entry) => toProposal(recording, entry));
  const batch = toBatch(bookId, "posted", proposals);
  const certain = proposals.map(({ lines }) => entryFaultsOf(lines));
  const refuse = (found: readonly LineFaults[]) => throwFaults(mergeFaults(proposals, certain, found), pointerOf);
  if (certain.some((faults) => faults.length > 0)) refuse(await findLineFaults(tx, batch));
  const recorded = await insertEntries(tx, batch, { apart: false });
  if (recorded.faults.length > 0) return refuse(recorded.faults);
  tx.afterCommit(() => recording.metrics.ledger.entriesPosted(entries.length));
  return toRecordedEntries(batch, proposals, recorded).filter((posted) => posted !== null);
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
