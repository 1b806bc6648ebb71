import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Precondition, Recording } from "../book-write/index.ts";
import {
  type ProposedEntry,
  type RecordedEntry,
  toBatch,
  toProposal,
  toProposedEntry,
  toRecordedEntries,
} from "./proposal-rules.ts";
import { insertEntries } from "./recording-repository.ts";
import { deleteEntry, type EntryKey, type EntryRow, lockEntry } from "./repository.ts";
import type { DraftPatch } from "./schemas.ts";
import { assertFound, postEntry } from "./service.ts";

/** A draft, and what is asked of it before anything happens to it. */
export interface DraftKey {
  readonly entryId: string;
  /** Called with the draft as it is, once it is locked: what it throws leaves everything as it was. */
  readonly precondition: Precondition<EntryRow>;
}

/**
 * Records an entry as a draft: its accounts exist, and nothing else is asked of it yet.
 * @throws ACCOUNT_UNKNOWN with each line that names one in `errors[]`.
 */
export async function saveDraft(tx: Tx, recording: Recording, entry: ProposedEntry): Promise<RecordedEntry> {
  const proposals = [toProposal(recording, entry)];
  const batch = toBatch(recording.bookId, "draft", proposals);
  const recorded = await insertEntries(tx, batch, { apart: false });
  if (recorded.faults.length > 0) {
    const fields = recorded.faults.map(({ position }) => ({
      pointer: `/lines/${position}/${entry.lines[position]?.account_id === undefined ? "account_path" : "account_id"}`,
      detail: "the book has no such account",
      error_id: "ACCOUNT_UNKNOWN",
    }));
    throw new AppError("ACCOUNT_UNKNOWN", { detail: `${fields[0]?.pointer}: ${fields[0]?.detail}`, fields });
  }
  const [saved] = toRecordedEntries(batch, proposals, recorded);
  if (saved === undefined || saved === null) throw new Error("one draft was saved and none came back");
  return saved;
}

/**
 * Changes a draft: absent fields stay, null clears, lines are replaced as a whole.
 * @throws NOT_FOUND; what the precondition throws; ENTRY_NOT_DRAFT; as {@link saveDraft}.
 */
export async function changeDraft(
  tx: Tx,
  recording: Recording,
  { patch, ...key }: DraftKey & { readonly patch: DraftPatch },
): Promise<RecordedEntry> {
  const draft = toProposedEntry(await takeDraft(tx, recording.bookId, key));
  const changed = Object.entries({ ...draft, ...definedOf(patch) }).map(([name, value]) => [name, value ?? undefined]);
  return saveDraft(tx, recording, Object.fromEntries(changed) as ProposedEntry);
}

/** @throws NOT_FOUND; what the precondition throws; ENTRY_NOT_DRAFT. */
export async function removeDraft(tx: Tx, bookId: string, key: DraftKey): Promise<void> {
  await takeDraft(tx, bookId, key);
}

/**
 * Posts a draft as it is: the same checks and the same path as for an entry that is posted at once. It keeps its id.
 * @throws NOT_FOUND; what the precondition throws; ENTRY_NOT_DRAFT; ENTRY_UNBALANCED for fewer than two lines; as
 *   {@link postEntry}.
 */
export async function postDraft(tx: Tx, recording: Recording, key: DraftKey): Promise<RecordedEntry> {
  const draft = await takeDraft(tx, recording.bookId, key);
  if (draft.lines.length < 2) {
    const detail = "must be two lines or more";
    throw new AppError("ENTRY_UNBALANCED", { detail: `/lines: ${detail}`, fields: [{ pointer: "/lines", detail }] });
  }
  return postEntry(tx, recording, toProposedEntry(draft));
}

/** Takes a draft out of the book, to be recorded anew or to be gone when the transaction commits. */
async function takeDraft(tx: Tx, bookId: string, { entryId, precondition }: DraftKey): Promise<EntryRow> {
  const key: EntryKey = { bookId, entryId };
  const entry = assertFound(await lockEntry(tx, key));
  await precondition(entry);
  if (entry.status !== "draft") {
    throw new AppError("ENTRY_NOT_DRAFT", { detail: `The entry was posted on ${entry.recordedAt.toISOString()}.` });
  }
  await deleteEntry(tx, key);
  return entry;
}

function definedOf(patch: DraftPatch): Partial<DraftPatch> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
