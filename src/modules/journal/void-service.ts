import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Precondition, Recording } from "../book-write/index.ts";
import { type RecordedEntry, toProposedEntry } from "./proposal-rules.ts";
import { type EntryRow, lockEntry, markVoided } from "./repository.ts";
import { assertFound, postEntry } from "./service.ts";

export interface Voiding {
  readonly entryId: string;
  /** The id that the reversing entry will have. */
  readonly id: string;
  readonly date: string;
  readonly reason: string;
  /** Called with the entry as it is, once it is locked: what it throws leaves everything as it was. */
  readonly precondition: Precondition<EntryRow>;
}

/**
 * Voids a posted entry: posts one that reverses it line by line on the date asked for, and links the two. Both keep
 * counting, and together come to nothing. Gives the reversing entry.
 * @throws NOT_FOUND; what the precondition throws; ENTRY_NOT_POSTED, ENTRY_VOIDED, ENTRY_IS_REVERSAL, VOID_BEFORE_ENTRY;
 *   as {@link postEntry}, for the accounts and the date of the reversing entry.
 */
export async function voidEntry(
  tx: Tx,
  recording: Recording,
  { entryId, id, date, reason, precondition }: Voiding,
): Promise<RecordedEntry> {
  const key = { bookId: recording.bookId, entryId };
  const entry = assertFound(await lockEntry(tx, key));
  await precondition(entry);
  assertMayBeVoided(entry, date);
  const { created: _, ...proposal } = toProposedEntry(entry);
  const lines = proposal.lines.map((line) => ({ ...line, side: line.side === "debit" ? "credit" : "debit" }) as const);
  const reversal = await postEntry(tx, recording, { ...proposal, id, date, lines, voids: { entryId, reason } });
  await markVoided(tx, key, id);
  tx.afterCommit(() => recording.metrics.ledger.entryVoided());
  return reversal;
}

function assertMayBeVoided(entry: EntryRow, date: string): void {
  if (entry.status === "draft") throw new AppError("ENTRY_NOT_POSTED");
  if (entry.status === "voided") {
    throw new AppError("ENTRY_VOIDED", { detail: `The entry is reversed by ${entry.voidedById}.` });
  }
  if (entry.voidsId !== null) {
    throw new AppError("ENTRY_IS_REVERSAL", { detail: `The entry reverses ${entry.voidsId}.` });
  }
  if (date < entry.date) {
    const detail = `must not be before the entry's own date, ${entry.date}`;
    throw new AppError("VOID_BEFORE_ENTRY", { detail: `/date: ${detail}`, fields: [{ pointer: "/date", detail }] });
  }
}
