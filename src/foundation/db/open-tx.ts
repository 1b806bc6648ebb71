import { answerOf, type Connection } from "./connection.ts";
import type { Pool } from "./pool.ts";
import { createTx, type OpenTx } from "./tx.ts";
import { type Db, type DbSettings, poolOf, type TxMode, type TxOptions, type TxScope } from "./types.ts";

/** How much longer than the server's own limit an answer is waited for. */
const networkMarginMs = 2000;

/** A transaction whose opening has been sent, and what it holds. Whoever opened it ends it. */
export interface OpenedTx {
  readonly pool: Pool;
  readonly settings: DbSettings;
  readonly connection: Connection;
  readonly open: OpenTx;
  /** Settles with BEGIN, the settings and the scope's guard. */
  readonly opening: Promise<unknown>;
}

/**
 * Takes a connection and sends a transaction's opening, without waiting for its answer: `opening` has that, and must be
 * awaited by the caller.
 * @throws POOL_TIMEOUT, DATABASE_UNAVAILABLE; what the scope's guard throws without asking the database.
 */
export async function openTx(db: Db, scope: TxScope, options: TxOptions): Promise<OpenedTx> {
  const mode = options.readOnly === true ? "read" : "write";
  const { settings } = db;
  const statements = openingOf(mode, settings, scope, options);
  const pool = db[poolOf];
  const connection = await pool.acquire();
  const answerTimeoutMs = answerTimeoutOf(settings);
  const open = createTx(connection, mode, answerTimeoutMs);
  // Sent at once: postgres.js would send them when they are first waited for, which may be after a read's own statements.
  const opening = Promise.all([
    answerOf(connection, connection.sql.unsafe(statements.begin).execute(), answerTimeoutMs),
    connection.sql.unsafe(statements.settle, statements.parameters, { prepare: true }).execute(),
  ]);
  opening.then(connection.confirm, () => undefined);
  return { pool, settings, connection, open, opening };
}

/** BEGIN, and the settings and the scope's guard as one statement. */
function openingOf(mode: TxMode, settings: DbSettings, scope: TxScope, options: TxOptions) {
  const isolation = options.isolation ?? (mode === "read" ? "repeatable read" : "read committed");
  const local: [string, string][] = [
    ["statement_timeout", String(settings.statementTimeoutMs)],
    ["lock_timeout", String(settings.lockTimeoutMs)],
    ...Object.entries(scope.settings),
  ];
  const guard = scope.guard?.(mode) ?? null;
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
