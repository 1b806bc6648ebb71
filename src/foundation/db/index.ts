export { createDb } from "./create-db.ts";
export { createRequestDb, type RequestDb } from "./create-request-db.ts";
export {
  combineObservers,
  type DbObserver,
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
