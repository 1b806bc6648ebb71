import { AsyncLocalStorage } from "node:async_hooks";
import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { outOfTime, requestTimeout } from "./deadline.ts";
import { abandon, finishRead, rollBack, sendEnd, unavailable } from "./end-tx.ts";
import { failureOf } from "./observer.ts";
import { modeOf, type OpenedTx, openTx, type TxCall } from "./open-tx.ts";
import { findTransactionConflict, isConnectionLoss } from "./pg-errors.ts";
import type { OpenTx } from "./tx.ts";
import type { Db, Tx, TxOptions, TxScope } from "./types.ts";

/** The transaction that the current asynchronous context is inside of. */
export const currentTx = new AsyncLocalStorage<{ readonly db: Db; readonly scope: TxScope; readonly open: OpenTx }>();

const attemptsDefault = 4;
const backoffMs = 10;

/**
 * Runs `fn` inside one transaction and commits it: the only place that does.
 *
 * - Whatever `fn` throws rolls everything back and is thrown on, PostgreSQL's errors as the application's own.
 * - A serialization failure or deadlock runs `fn` again on a new transaction, a bounded number of times; nothing else
 *   is ever retried. Therefore `fn` does nothing outside the database: that goes to `tx.afterCommit`.
 * - A statement that failed inside `fn` fails the transaction even where `fn` swallowed its error.
 *
 * @throws POOL_TIMEOUT when no connection became free; TRANSACTION_CONFLICT when every attempt collided;
 *   REQUEST_TIMEOUT when the caller's deadline passed before COMMIT;
 *   DATABASE_UNAVAILABLE when the connection was lost before COMMIT; COMMIT_OUTCOME_UNKNOWN when it was lost during it;
 *   a plain `Error` when called inside another transaction on the same database, which would wait for itself.
 *
 * @example
 * const entry = await withTx(c.var.db, c.var.scope, (tx) => postEntry(tx, input));
 */
export async function withTx<T>(
  db: Db,
  scope: TxScope,
  fn: (tx: Tx) => Promise<T>,
  options: TxOptions = {},
): Promise<T> {
  assertOutsideTx(db);
  const observer = db.settings.observer?.onTransaction(modeOf(options));
  return runTx({ db, scope, options, observer, deadline: db.settings.deadline?.() }, fn);
}

/** {@link withTx} for a caller who has said whom to tell and how long there is. */
export async function runTx<T>(call: TxCall, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const { observer, options } = call;
  const run = () => retryConflicts(call, () => runOnce(call, fn));
  if (observer === undefined) return run();
  try {
    const result = await observer.run(run);
    observer.onEnd({ outcome: options.dryRun === true ? "dry_run" : "committed", error: null });
    return result;
  } catch (error) {
    observer.onEnd(failureOf(error));
    throw error;
  }
}

/** @throws a plain `Error` inside an open transaction on the same database: another would wait for it, and it for that. */
export function assertOutsideTx(db: Db): void {
  const outer = currentTx.getStore();
  if (outer?.db !== db || outer.open.state !== "open") return;
  throw new Error(
    "a transaction was opened inside an open transaction: pass its Tx on, or wrap the service in transactional().",
  );
}

/**
 * Runs again what failed by a conflict, a bounded number of times; whatever else it throws becomes the application's own.
 * @throws TRANSACTION_CONFLICT
 */
export async function retryConflicts<T>({ db, options, observer }: TxCall, run: () => Promise<T>): Promise<T> {
  const { attempts = attemptsDefault } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof BaseAppError) throw error;
      const conflict = findTransactionConflict(error);
      if (conflict === null) throw db.settings.mapError(error) ?? error;
      if (attempt >= attempts) {
        throw new FoundationError("TRANSACTION_CONFLICT", {
          cause: error,
          meta: { attempts },
          headers: { "Retry-After": "1" },
        });
      }
      observer?.onRetry(conflict);
      await jitter(attempt);
    }
  }
}

async function runOnce<T>(call: TxCall, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const { db, scope, options } = call;
  const opened = await openTx(call).catch((error: unknown) => {
    throw outOfTime(call.deadline, error);
  });
  const { open, opening } = opened;
  const { mode } = open.tx;
  let result: T;
  try {
    // A read's statements follow its opening in one flight. A write waits, so that none of its statements can ever
    // run outside the transaction, should BEGIN itself fail. The opening's own error is awaited in both cases.
    if (mode === "write") await opening;
    result = await currentTx.run({ db, scope, open }, () => fn(open.tx));
    await opening;
    if (options.dryRun === true) await open.tx.sql`set constraints all immediate`;
    if (open.failure !== null) throw open.failure;
    // What has been asked to be cancelled is not committed, even where it was done before that came.
    if (mode === "write" && opened.watch.stop() !== null) throw requestTimeout();
  } catch (error) {
    throw outOfTime(call.deadline, await abandon(opened, error));
  }
  open.state = "ended";
  if (mode === "read") void finishRead(opened);
  else if (options.dryRun === true) await rollBack(opened);
  else {
    await commit(opened);
    await runAfterCommit(opened);
  }
  return result;
}

async function commit(opened: OpenedTx): Promise<void> {
  const { pool, connection, open } = opened;
  try {
    if (connection.closed) throw unavailable(new Error("the connection was lost before COMMIT"));
    const answer = await sendEnd(opened, "COMMIT");
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (answer.command !== "COMMIT") throw open.failure ?? new Error(`COMMIT was answered with ${answer.command}`);
  } catch (error) {
    if (error instanceof BaseAppError || !isConnectionLoss(error)) throw error;
    // The socket may say that it has closed only later, and nobody is to be handed this connection meanwhile.
    connection.closed = true;
    throw new FoundationError("COMMIT_OUTCOME_UNKNOWN", {
      detail:
        "The connection to the database was lost while the change was being committed, so it may or may not be stored. " +
        "Repeat the request with the same Idempotency-Key.",
      cause: error,
      headers: { "Retry-After": "1" },
    });
  } finally {
    pool.release(connection);
  }
}

async function runAfterCommit({ settings, open }: OpenedTx): Promise<void> {
  for (const callback of open.afterCommit) {
    try {
      await callback();
    } catch (error) {
      settings.onBackgroundError(error, "an afterCommit callback");
    }
  }
}

function jitter(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * backoffMs * 2 ** attempt));
}
