import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { answerOf } from "./connection.ts";
import { observeStatement } from "./observer.ts";
import { answerTimeoutOf, type OpenedTx } from "./open-tx.ts";
import { isConnectionLoss } from "./pg-errors.ts";
import type { OpenTx } from "./tx.ts";

/**
 * Gives a transaction up that failed: rolls it back behind the caller's back, and says what failed first.
 * A connection that was lost is DATABASE_UNAVAILABLE; PostgreSQL's other errors are still the driver's own.
 */
export async function abandon(opened: OpenedTx, error: unknown): Promise<unknown> {
  opened.open.state = "ended";
  const cause = await firstCause(opened.opening, opened.open, error);
  if (isConnectionLoss(cause)) opened.connection.closed = true;
  void rollBack(opened);
  return isConnectionLoss(cause) && !(cause instanceof BaseAppError) ? unavailable(cause) : cause;
}

/** Of several errors of one transaction, the one that came first: what follows is only "transaction is aborted". */
async function firstCause(opening: Promise<unknown>, open: OpenTx, error: unknown): Promise<unknown> {
  const refused = await opening.then(
    () => null,
    (reason: unknown) => ({ reason }),
  );
  if (refused !== null) return refused.reason;
  return isAborted(error) && open.failure !== null ? open.failure : error;
}

function isAborted(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && at.code === "25P02") return true;
  }
  return false;
}

export function unavailable(cause: unknown): BaseAppError {
  return new FoundationError("DATABASE_UNAVAILABLE", { cause, headers: { "Retry-After": "1" } });
}

/** Sends COMMIT or ROLLBACK, and gives its answer. */
export function sendEnd({ settings, connection, observer }: OpenedTx, text: "COMMIT" | "ROLLBACK") {
  return answerOf(connection, observeStatement(observer, text, connection.sql.unsafe(text)), answerTimeoutOf(settings));
}

/** Ends a read behind the caller's back: nothing it could report would change what was read. */
export function finishRead(opened: OpenedTx): Promise<void> {
  return giveBack(opened, "COMMIT", "ending a read-only transaction");
}

export function rollBack(opened: OpenedTx): Promise<void> {
  return giveBack(opened, "ROLLBACK", "rolling back");
}

/** Ends a transaction of which nothing is to be known any more, and gives its connection back. */
async function giveBack(opened: OpenedTx, text: "COMMIT" | "ROLLBACK", during: string): Promise<void> {
  const { pool, settings, connection, watch } = opened;
  try {
    const cancelling = watch.stop();
    if (cancelling !== null) await cancelling;
    if (!connection.closed) await sendEnd(opened, text);
  } catch (error) {
    settings.onBackgroundError(error, during);
    connection.closed = true;
  } finally {
    pool.release(connection);
  }
}
