import type { PgDatabase } from "drizzle-orm/pg-core";
import type { PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import type { BaseAppError } from "../errors/app-error.ts";
import type { DbObserver } from "./observer.ts";
import type { Pool, PoolStats } from "./pool.ts";

/** Only this folder can reach a pool through a {@link Db}. */
export const poolOf: unique symbol = Symbol("pool");

/** The database as a router sees it: it can open a transaction (`withTx`) and nothing else. */
export interface Db {
  readonly [poolOf]: Pool;
  readonly settings: DbSettings;
  /** Whether connections pass from one request to the next, so that one may work on behalf of another. */
  readonly isShared: boolean;
  stats(): PoolStats;
  close(timeoutMs: number): Promise<void>;
}

export interface DbSettings {
  /** Longest statement, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How many may wait for a connection at a time, and how many writes for a transaction that they share. */
  readonly queueMax: number;
  /** Longest wait for one lock, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Turns a driver's error into an application's; null leaves it as it is. */
  readonly mapError: (error: unknown) => BaseAppError | null;
  /**
   * When the present caller stops waiting, on the clock of `performance.now`; undefined where it does not. Past it nothing is
   * begun, and what is under way is cancelled in PostgreSQL, or given up where that is not heard of. COMMIT is always waited for.
   */
  readonly deadline?: () => number | undefined;
  /** Told of what cannot reach a caller any more: a failed `afterCommit` callback, a failed rollback. */
  readonly onBackgroundError: (error: unknown, during: string) => void;
  /** Told of transactions, statements and waits for connections; without one nothing is measured. */
  readonly observer?: DbObserver | undefined;
}

export type TxMode = "read" | "write";

/** Whose transaction it is: what `withTx` tells PostgreSQL before anything else runs. */
export interface TxScope {
  /** Transaction-local settings that row-level security reads. */
  readonly settings: Readonly<Record<string, string>>;
  /**
   * A SQL function called with the settings, in the same round trip; it raises to refuse the transaction. What needs
   * no database to be refused is thrown here, before a connection is asked for; null where the database has no say.
   * Its name is code, its arguments are sent as text parameters.
   */
  readonly guard?: (mode: TxMode) => { readonly name: string; readonly args: readonly string[] } | null;
}

/** drizzle's query builders, without its own ways to begin, commit or roll back. */
export type TxOrm = Pick<
  PgDatabase<PostgresJsQueryResultHKT, Record<string, never>>,
  | "$count"
  | "$with"
  | "delete"
  | "execute"
  | "insert"
  | "select"
  | "selectDistinct"
  | "selectDistinctOn"
  | "update"
  | "with"
>;

/** A value that a statement takes. JSON goes as text with a cast: `${JSON.stringify(x)}::jsonb`. */
export type SqlValue = string | number | boolean | bigint | Date | Uint8Array | null | readonly (string | null)[];

/** A tagged template whose values become parameters; its statement is prepared once a connection. */
export type TxSql = <Row extends object>(text: TemplateStringsArray, ...values: readonly SqlValue[]) => Promise<Row[]>;

/**
 * An open transaction as services and repositories see it. It cannot commit, roll back or open another:
 * that belongs to `withTx`. It is refused once the transaction has ended.
 */
export interface Tx {
  readonly mode: TxMode;
  readonly orm: TxOrm;
  readonly sql: TxSql;
  /** Runs after the COMMIT, once, in order; never when the transaction rolls back. */
  afterCommit(callback: () => void | Promise<void>): void;
}

export interface TxOptions {
  /** READ ONLY on one snapshot; its opening is sent along with its first statement. */
  readonly readOnly?: boolean;
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /**
   * Rolls back what succeeded, after checking all that COMMIT would check, and gives the result all the same.
   * `afterCommit` callbacks do not run.
   */
  readonly dryRun?: boolean;
  /** Attempts in all when PostgreSQL reports a serialization failure or a deadlock; 1 to 10, by default 4. */
  readonly attempts?: number;
}
