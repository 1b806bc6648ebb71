import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { mergeFaults, throwFaults } from "./fault-rules.ts";
import { type ProposedEntry, toEntryRow, toNewLine, toProposedLine } from "./proposal-rules.ts";
import { type EntryRow, findEntry, findLineFaults, insertPostedEntries, type LineFaults } from "./repository.ts";
import { entryFaultsOf } from "./rules.ts";

export interface Posting {
  readonly bookId: string;
  readonly userId: string;
  readonly recordedAt: Date;
}

/**
 * Posts one entry.
 * @throws as {@link postEntries}; pointers start at the entry.
 */
export async function postEntry(tx: Tx, posting: Posting & { readonly entry: ProposedEntry }): Promise<EntryRow> {
  const [posted] = await post(tx, posting, [posting.entry], () => "");
  if (posted === undefined) throw new Error("one entry was posted and none came back");
  return posted;
}

/**
 * Posts entries, all or none.
 * @param posting - `entries`: 1 to 1,000, in the order in which they are answered
 * @throws ENTRY_UNBALANCED, AMOUNT_TOO_PRECISE, ROUNDING_LINE_INVALID, ACCOUNT_UNKNOWN, ACCOUNT_INACTIVE,
 *   ACCOUNT_NOT_OPEN, COMMODITY_UNKNOWN, COMMODITY_NOT_PERMITTED; the first fault gives the id, `errors[]` has them all
 *   (5,000 at most), each with its own id and a pointer that starts with `/entries/{index}`.
 */
export function postEntries(
  tx: Tx,
  posting: Posting & { readonly entries: readonly ProposedEntry[] },
): Promise<EntryRow[]> {
  return post(tx, posting, posting.entries, (index) => `/entries/${index}`);
}

async function post(
  tx: Tx,
  { bookId, userId, recordedAt }: Posting,
  entries: readonly ProposedEntry[],
  pointerOf: (entryIndex: number) => string,
): Promise<EntryRow[]> {
  const proposed = entries.map((entry) => ({ ...entry, lines: entry.lines.map(toProposedLine) }));
  const lines = proposed.flatMap((entry, index) =>
    entry.lines.map((line, position) => toNewLine(entry, index, line, position)),
  );
  const certain = proposed.map((entry) => entryFaultsOf(entry.lines));
  const refuse = (found: readonly LineFaults[]) => throwFaults(mergeFaults(proposed, certain, found), pointerOf);
  if (certain.some((faults) => faults.length > 0)) refuse(await findLineFaults(tx, { bookId, lines }));
  const outcome = await insertPostedEntries(tx, {
    bookId,
    userId,
    recordedAt,
    entries: proposed.map(({ lines: _, tags = [], links = [], metadata = {}, ...header }) => ({
      ...header,
      tags,
      links,
      metadata,
    })),
    lines,
  });
  if ("faults" in outcome) return refuse(outcome.faults);
  const accountsOf = Map.groupBy(outcome.lines, (line) => line.entry_index);
  return proposed.map((entry, index) => toEntryRow(entry, accountsOf.get(index) ?? [], recordedAt));
}

/** @throws NOT_FOUND when the book has no such entry. */
export async function getEntry(tx: Tx, key: { readonly bookId: string; readonly entryId: string }): Promise<EntryRow> {
  const entry = await findEntry(tx, key);
  if (entry === null) throw new AppError("NOT_FOUND", { detail: "There is no such journal entry." });
  return entry;
}

export { type EntryKey, listEntries } from "./repository.ts";
