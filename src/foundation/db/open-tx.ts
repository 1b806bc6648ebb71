import { answerOf, type Connection } from "./connection.ts";
import { limitedMs, networkMarginMs, remainingMs, requestTimeout } from "./deadline.ts";
import { type DeadlineWatch, watchDeadline } from "./deadline-watch.ts";
import { observeStatement, type TxObserver } from "./observer.ts";
import type { Pool } from "./pool.ts";
import { createTx, type OpenTx } from "./tx.ts";
import { type Db, type DbSettings, poolOf, type TxMode, type TxOptions, type TxScope } from "./types.ts";

/** One call of `withTx` or `streamTx`: what it was asked for, and who watches it. */
export interface TxCall {
  readonly db: Db;
  readonly scope: TxScope;
  readonly options: TxOptions;
  readonly observer: TxObserver | undefined;
  /** When the caller stops waiting, on the clock of `performance.now`. */
  readonly deadline: number | undefined;
}

/** A transaction whose opening has been sent, and what it holds. Whoever opened it ends it. */
export interface OpenedTx {
  readonly pool: Pool;
  readonly settings: DbSettings;
  readonly connection: Connection;
  readonly observer: TxObserver | undefined;
  readonly open: OpenTx;
  /** Settles with BEGIN, the settings and the scope's guard. */
  readonly opening: Promise<unknown>;
  /** Stopped before the transaction is ended. */
  readonly watch: DeadlineWatch;
}

/**
 * Takes a connection and sends a transaction's opening, without waiting for its answer: `opening` has that, and must be
 * awaited by the caller.
 * @throws POOL_TIMEOUT, DATABASE_UNAVAILABLE; what the scope's guard throws without asking the database.
 */
export async function openTx(call: TxCall): Promise<OpenedTx> {
  const { db, options, observer, deadline } = call;
  const mode = modeOf(options);
  const { settings } = db;
  // What is refused without asking the database is refused before a connection is asked for.
  const guard = call.scope.guard?.(mode) ?? null;
  const pool = db[poolOf];
  const connection = await acquire(pool, call);
  const statements = openingOf(mode, call, guard);
  const answerTimeoutMs = answerTimeoutOf(settings);
  const open = createTx(connection, mode, { answerTimeoutMs, observer, deadline });
  // Sent at once: postgres.js would send them when they are first waited for, which may be after a read's own statements.
  const send = (text: string, parameters?: string[], how?: { prepare: boolean }) =>
    observeStatement(observer, text, connection.sql.unsafe(text, parameters, how).execute());
  const begun = answerOf(connection, send(statements.begin), answerTimeoutMs).then(({ state }) => {
    connection.backend = state;
    connection.confirm();
  });
  const opening = Promise.all([begun, send(statements.settle, statements.parameters, { prepare: true })]);
  opening.catch(() => undefined);
  const watch = watchDeadline(connection, deadline);
  return { pool, settings, connection, observer, open, opening, watch };
}

export function modeOf(options: TxOptions): TxMode {
  return options.readOnly === true ? "read" : "write";
}

async function acquire(pool: Pool, { observer, deadline }: TxCall): Promise<Connection> {
  const waitMsMax = remainingMs(deadline);
  if (waitMsMax <= 0) throw requestTimeout();
  if (observer === undefined) return pool.acquire(waitMsMax);
  const end = observer.onAcquire();
  try {
    const connection = await pool.acquire(waitMsMax);
    end(null);
    return connection;
  } catch (error) {
    end(error);
    throw error;
  }
}

/** BEGIN, and the settings and the scope's guard as one statement. */
function openingOf(mode: TxMode, call: TxCall, guard: ReturnType<NonNullable<TxScope["guard"]>>) {
  const { scope, options, deadline } = call;
  const { settings } = call.db;
  const isolation = options.isolation ?? (mode === "read" ? "repeatable read" : "read committed");
  const local: [string, string][] = [
    ["statement_timeout", String(limitedMs(settings.statementTimeoutMs, deadline))],
    ["lock_timeout", String(limitedMs(settings.lockTimeoutMs, deadline))],
    ...Object.entries(scope.settings),
  ];
  let position = 0;
  const next = () => `$${++position}`;
  const calls = local.map(() => `set_config(${next()}, ${next()}, true)`);
  if (guard !== null) calls.push(`${guard.name}(${guard.args.map(next).join(", ")})`);
  return {
    begin: `BEGIN ISOLATION LEVEL ${isolation} READ ${mode === "read" ? "ONLY" : "WRITE"}`,
    settle: `SELECT ${calls.join(", ")}`,
    parameters: [...local.flat(), ...(guard?.args ?? [])],
  };
}

export function answerTimeoutOf(settings: DbSettings): number {
  return settings.statementTimeoutMs + networkMarginMs;
}
