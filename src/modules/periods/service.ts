import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import type { Recording } from "../book-write/index.ts";
import { type ClosingAsked, postClosingEntries } from "./closing-service.ts";
import {
  type CloseKey,
  findClose,
  findClosedThrough,
  insertClose,
  lockPeriods,
  markReopened,
  type PeriodCloseRow,
} from "./repository.ts";

export { type AccountName, type CloseKey, listCloses, listClosesInOrder, type PeriodCloseRow } from "./repository.ts";

export interface NewClose {
  readonly id: string;
  /** The last day that is closed. */
  readonly closedThrough: string;
  /** Null closes the period as it is. */
  readonly closing: Omit<ClosingAsked, "closedThrough"> | null;
}

/**
 * Closes the book up to a day: nothing more is posted there. Waits for what is being posted, so that all of it is
 * either counted and known at the close, or refused. Moves income and expenses to retained earnings first, if asked.
 * @throws PERIOD_CLOSED when the day is locked already; as {@link postClosingEntries}.
 */
export async function closePeriod(tx: Tx, recording: Recording, close: NewClose): Promise<PeriodCloseRow> {
  const { id, closedThrough, closing } = close;
  await lockPeriods(tx, recording.bookId);
  const locked = await findClosedThrough(tx, recording.bookId);
  if (locked !== null && closedThrough <= locked) {
    throw new AppError("PERIOD_CLOSED", { detail: `The book is closed through ${locked}.` });
  }
  const closingEntryIds =
    closing === null ? [] : await postClosingEntries(tx, recording, { ...closing, closedThrough });
  return insertClose(tx, recording, { id, closedThrough, closingEntryIds });
}

export interface Reopening {
  readonly closeId: string;
  readonly reason: string;
  /** Called with the close as it is, once periods are locked: what it throws leaves everything as it was. */
  readonly precondition: (close: PeriodCloseRow) => Promise<void>;
}

/**
 * Reopens the latest standing close: the book is locked as the one before left it. Its closing entries stay.
 * @throws NOT_FOUND; what the precondition throws; PERIOD_REOPENED, PERIOD_NOT_LATEST.
 */
export async function reopenPeriod(
  tx: Tx,
  recording: Recording,
  { closeId, reason, precondition }: Reopening,
): Promise<PeriodCloseRow> {
  await lockPeriods(tx, recording.bookId);
  const close = await getClose(tx, { bookId: recording.bookId, closeId });
  await precondition(close);
  if (close.reopenedAt !== null) {
    throw new AppError("PERIOD_REOPENED", { detail: `It was reopened on ${close.reopenedAt.toISOString()}.` });
  }
  const locked = await findClosedThrough(tx, recording.bookId);
  if (locked !== close.closedThrough) {
    throw new AppError("PERIOD_NOT_LATEST", { detail: `The book is closed through ${locked}.` });
  }
  return markReopened(tx, recording, { closeId, reason });
}

/** @throws NOT_FOUND when the book has no such close. */
export async function getClose(tx: Tx, key: CloseKey): Promise<PeriodCloseRow> {
  const close = await findClose(tx, key);
  if (close === null) throw new AppError("NOT_FOUND", { detail: "There is no such period close." });
  return close;
}
