import { AsyncLocalStorage } from "node:async_hooks";
import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { answerOf, type Connection } from "./connection.ts";
import { isConnectionLoss, isTransactionConflict } from "./pg-errors.ts";
import { createTx, type OpenTx } from "./tx.ts";
import { type Db, poolOf, type Tx, type TxMode, type TxOptions, type TxScope } from "./types.ts";

/** The transaction that the current asynchronous context is inside of. */
export const currentTx = new AsyncLocalStorage<{ readonly db: Db; readonly scope: TxScope; readonly open: OpenTx }>();

const attemptsDefault = 4;
const backoffMs = 10;
/** How much longer than the server's own limit an answer is waited for. */
const networkMarginMs = 2000;

/**
 * Runs `fn` inside one transaction and commits it: the only place that does.
 *
 * - Whatever `fn` throws rolls everything back and is thrown on, PostgreSQL's errors as the application's own.
 * - A serialization failure or deadlock runs `fn` again on a new transaction, a bounded number of times; nothing else
 *   is ever retried. Therefore `fn` does nothing outside the database: that goes to `tx.afterCommit`.
 * - A statement that failed inside `fn` fails the transaction even where `fn` swallowed its error.
 *
 * @throws POOL_TIMEOUT when no connection became free; TRANSACTION_CONFLICT when every attempt collided;
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
  const outer = currentTx.getStore();
  if (outer?.db === db && outer.open.state === "open") {
    throw new Error(
      "withTx was called inside an open transaction: pass its Tx on, or wrap the service in transactional().",
    );
  }
  const attempts = options.attempts ?? attemptsDefault;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(db, scope, fn, options);
    } catch (error) {
      if (error instanceof BaseAppError) throw error;
      if (!isTransactionConflict(error)) throw db.settings.mapError(error) ?? error;
      if (attempt >= attempts) {
        throw new FoundationError("TRANSACTION_CONFLICT", {
          cause: error,
          meta: { attempts },
          headers: { "Retry-After": "1" },
        });
      }
      await jitter(attempt);
    }
  }
}

async function runOnce<T>(db: Db, scope: TxScope, fn: (tx: Tx) => Promise<T>, options: TxOptions): Promise<T> {
  const mode = options.readOnly === true ? "read" : "write";
  const statements = openingOf(mode, db, scope, options);
  const connection = await db[poolOf].acquire();
  const answerTimeoutMs = answerTimeoutOf(db);
  const open = createTx(connection, mode, answerTimeoutMs);
  const opening = Promise.all([
    answerOf(connection, connection.sql.unsafe(statements.begin).execute(), answerTimeoutMs),
    connection.sql.unsafe(statements.settle, statements.parameters, { prepare: true }).execute(),
  ]);
  // A read's statements follow its opening in one flight: it is sent at once, and not when it is first waited for. A write waits, so that none of its statements can ever
  // run outside the transaction, should BEGIN itself fail. The opening's own error is awaited below in both cases.
  opening.then(connection.confirm, () => undefined);
  let result: T;
  try {
    if (mode === "write") await opening;
    result = await currentTx.run({ db, scope, open }, () => fn(open.tx));
    await opening;
    if (options.dryRun === true) await open.tx.sql`set constraints all immediate`;
    if (open.failure !== null) throw open.failure;
  } catch (error) {
    open.state = "ended";
    const cause = await firstCause(opening, open, error);
    if (isConnectionLoss(cause)) connection.closed = true;
    void rollBack(db, connection);
    throw lost(cause);
  }
  open.state = "ended";
  if (mode === "read") void finishRead(db, connection);
  else if (options.dryRun === true) await rollBack(db, connection);
  else {
    await commit(db, connection, open);
    await runAfterCommit(db, open);
  }
  return result;
}

/** BEGIN, and the settings and the scope's guard as one statement. */
function openingOf(mode: TxMode, db: Db, scope: TxScope, options: TxOptions) {
  const isolation = options.isolation ?? (mode === "read" ? "repeatable read" : "read committed");
  const settings: [string, string][] = [
    ["statement_timeout", String(db.settings.statementTimeoutMs)],
    ["lock_timeout", String(db.settings.lockTimeoutMs)],
    ...Object.entries(scope.settings),
  ];
  const guard = scope.guard?.(mode);
  let position = 0;
  const next = () => `$${++position}`;
  const calls = settings.map(() => `set_config(${next()}, ${next()}, true)`);
  if (guard !== undefined) calls.push(`${guard.name}(${guard.args.map(next).join(", ")})`);
  return {
    begin: `BEGIN ISOLATION LEVEL ${isolation} READ ${mode === "read" ? "ONLY" : "WRITE"}`,
    settle: `SELECT ${calls.join(", ")}`,
    parameters: [...settings.flat(), ...(guard?.args ?? [])],
  };
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

function lost(error: unknown): unknown {
  return isConnectionLoss(error) && !(error instanceof BaseAppError) ? unavailable(error) : error;
}

function unavailable(cause: unknown): BaseAppError {
  return new FoundationError("DATABASE_UNAVAILABLE", { cause, headers: { "Retry-After": "1" } });
}

async function commit(db: Db, connection: Connection, open: OpenTx): Promise<void> {
  try {
    if (connection.closed) throw unavailable(new Error("the connection was lost before COMMIT"));
    const answer = await answerOf(connection, connection.sql.unsafe("COMMIT"), answerTimeoutOf(db));
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (answer.command !== "COMMIT") throw open.failure ?? new Error(`COMMIT was answered with ${answer.command}`);
  } catch (error) {
    if (error instanceof BaseAppError || !isConnectionLoss(error)) throw error;
    throw new FoundationError("COMMIT_OUTCOME_UNKNOWN", {
      detail:
        "The connection to the database was lost while the change was being committed, so it may or may not be stored. " +
        "Repeat the request with the same Idempotency-Key.",
      cause: error,
      headers: { "Retry-After": "1" },
    });
  } finally {
    db[poolOf].release(connection);
  }
}

/** Ends a read behind the caller's back: nothing it could report would change what was read. */
async function finishRead(db: Db, connection: Connection): Promise<void> {
  try {
    await answerOf(connection, connection.sql.unsafe("COMMIT"), answerTimeoutOf(db));
  } catch (error) {
    db.settings.onBackgroundError(error, "ending a read-only transaction");
    connection.closed = true;
  } finally {
    db[poolOf].release(connection);
  }
}

async function rollBack(db: Db, connection: Connection): Promise<void> {
  try {
    if (!connection.closed) await answerOf(connection, connection.sql.unsafe("ROLLBACK"), answerTimeoutOf(db));
  } catch (error) {
    db.settings.onBackgroundError(error, "rolling back");
    connection.closed = true;
  } finally {
    db[poolOf].release(connection);
  }
}

async function runAfterCommit(db: Db, open: OpenTx): Promise<void> {
  for (const callback of open.afterCommit) {
    try {
      await callback();
    } catch (error) {
      db.settings.onBackgroundError(error, "an afterCommit callback");
    }
  }
}

function answerTimeoutOf(db: Db): number {
  return db.settings.statementTimeoutMs + networkMarginMs;
}

function jitter(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * backoffMs * 2 ** attempt));
}
