/**
 * PostgreSQL behind a boundary that alone commits: a pool can open a transaction and nothing else, a transaction can run
 * statements and nothing else.
 *
 * @example
 * import { createDb, createPgErrorMapper, type Tx, withTx } from "footing/db";
 *
 * const db = createDb({
 *   url: "postgres://app@localhost/rates",
 *   applicationName: "rates",
 *   size: 10,
 *   maxOverflow: 5,
 *   queueMax: 500,
 *   acquireTimeoutMs: 5_000,
 *   overflowIdleTimeoutMs: 10_000,
 *   lifetimeMs: 1_800_000,
 *   connectTimeoutSeconds: 5,
 *   statementTimeoutMs: 15_000,
 *   lockTimeoutMs: 5_000,
 *   mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
 *   onBackgroundError: (error, during) => console.error(during, error),
 * });
 * const addRate = (tx: Tx, rate: { day: string; value: string }) =>
 *   tx.sql`insert into rates (day, value) values (${rate.day}, ${rate.value})`;
 * await withTx(db, { settings: {} }, (tx) => addRate(tx, { day: "2026-01-31", value: "1.0837" }));
 * await db.close(5_000);
 *
 * @module
 */
export { createDb } from "./create-db.ts";
export { createRequestDb, type RequestDb } from "./create-request-db.ts";
export { createSharedTx, type SharedTxOptions, type SharedWrite } from "./group-commit.ts";
export {
  combineObservers,
  type DbObserver,
  type JoinedTx,
  type StatementEnd,
  type TxEnd,
  type TxObserver,
  type TxOutcome,
} from "./observer.ts";
export { createPgErrorMapper, findPgError, type PgError, type PgErrorMeaning } from "./pg-errors.ts";
export type { PoolOptions, PoolStats } from "./pool.ts";
export { findWallFaults } from "./role-check.ts";
export { createStatementMeter } from "./statement-meter.ts";
export { type ProduceTexts, type StreamTxOptions, streamTx } from "./stream-tx.ts";
export { transactional } from "./transactional.ts";
export type { Db, DbSettings, SqlValue, Tx, TxMode, TxOptions, TxOrm, TxScope, TxSql } from "./types.ts";
export { withTx } from "./with-tx.ts";
