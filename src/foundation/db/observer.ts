import { BaseAppError } from "../errors/app-error.ts";
import { findPgError } from "./pg-errors.ts";
import type { TxMode } from "./types.ts";

/**
 * How a transaction ended for its caller: `rolled_back` by an error that is the caller's own (a status below 500),
 * `failed` by any other, `outcome_unknown` when the connection was lost during COMMIT.
 */
export type TxOutcome = "committed" | "dry_run" | "rolled_back" | "failed" | "outcome_unknown";

export interface TxEnd {
  readonly outcome: TxOutcome;
  /** What the caller is thrown; null when it succeeded. */
  readonly error: unknown;
}

export interface StatementEnd {
  /** How many rows were answered. */
  readonly rows: number;
  /** The driver's own error, or null. Its message may quote values. */
  readonly error: unknown;
  /** SQLSTATE, where it was PostgreSQL that refused the statement. */
  readonly sqlState: string | null;
}

/** Watches one call of `withTx` or `streamTx`, its retries included. */
export interface TxObserver {
  /** Runs all of the transaction: called once, and gives back what `fn` gives. */
  run<T>(fn: () => T): T;
  /** A connection is asked for. What it gives is called once: with null, or with why there was none. */
  onAcquire(): (error: unknown) => void;
  /**
   * A statement is sent: the transaction's own (BEGIN, its settings and guard, COMMIT, ROLLBACK) as well as those of
   * services. The text has `$1` where values go; the values are not told. What it gives is called once, at the answer.
   */
  onStatement(text: string): (end: StatementEnd) => void;
  /** The transaction lost against another, by this SQLSTATE, and is about to run again. */
  onRetry(sqlState: string): void;
  /** Once. The last statement of a read, and of a rollback, may still be under way. */
  onEnd(end: TxEnd): void;
}

/** Watches one write that waits to share a transaction with others. */
export interface JoinedTx {
  /** How that transaction ended for it; null where it is to have one of its own instead. Called once, in its own context. */
  onEnd(end: TxEnd | null): void;
}

/**
 * Told of everything that a database does, as it happens and in the asynchronous context of the code that asked for it.
 * It must not throw.
 */
export interface DbObserver {
  /** @param joined - the writes that share the transaction, where it is theirs; it then has no context of its own. */
  onTransaction(mode: TxMode, joined?: readonly JoinedTx[]): TxObserver;
  onJoin?(): JoinedTx;
}

/** One observer for all that are there, told in this order; undefined where none is. */
export function combineObservers(...observers: readonly (DbObserver | undefined)[]): DbObserver | undefined {
  return observers.reduce((first, second) => {
    if (first === undefined || second === undefined) return first ?? second;
    const pairs = new WeakMap<JoinedTx, readonly [JoinedTx | undefined, JoinedTx | undefined]>();
    const halves = (joined: readonly JoinedTx[] | undefined, half: 0 | 1) =>
      joined?.flatMap((pair) => pairs.get(pair)?.[half] ?? []);
    return {
      onTransaction: (mode, joined) =>
        both(first.onTransaction(mode, halves(joined, 0)), second.onTransaction(mode, halves(joined, 1))),
      onJoin() {
        const pair = [first.onJoin?.(), second.onJoin?.()] as const;
        const joined: JoinedTx = {
          onEnd(end) {
            for (const half of pair) half?.onEnd(end);
          },
        };
        pairs.set(joined, pair);
        return joined;
      },
    };
  }, undefined);
}

function both(first: TxObserver, second: TxObserver): TxObserver {
  return {
    run: (fn) => first.run(() => second.run(fn)),
    onAcquire: () => inTurn(first.onAcquire(), second.onAcquire()),
    onStatement: (text) => inTurn(first.onStatement(text), second.onStatement(text)),
    onRetry: (sqlState) => {
      first.onRetry(sqlState);
      second.onRetry(sqlState);
    },
    onEnd: (end) => {
      first.onEnd(end);
      second.onEnd(end);
    },
  };
}

function inTurn<T>(first: (value: T) => void, second: (value: T) => void): (value: T) => void {
  return (value) => {
    first(value);
    second(value);
  };
}

/** Tells of a statement that is being sent, and of its answer. */
export function observeStatement<Answer extends PromiseLike<unknown>>(
  observer: TxObserver | undefined,
  text: string,
  answer: Answer,
): Answer {
  if (observer === undefined) return answer;
  const end = observer.onStatement(text);
  answer.then(
    (rows) => end({ rows: Array.isArray(rows) ? rows.length : 0, error: null, sqlState: null }),
    (error: unknown) => end({ rows: 0, error, sqlState: findPgError(error)?.code ?? null }),
  );
  return answer;
}

/** What a transaction that threw came to. */
export function failureOf(error: unknown): TxEnd {
  if (!(error instanceof BaseAppError)) return { outcome: "failed", error };
  if (error.errorId === "COMMIT_OUTCOME_UNKNOWN") return { outcome: "outcome_unknown", error };
  return { outcome: error.status < 500 ? "rolled_back" : "failed", error };
}
