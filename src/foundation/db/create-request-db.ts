import { AsyncLocalStorage } from "node:async_hooks";
import { createPool, type Pool, type PoolOptions } from "./pool.ts";
import { type Db, type DbSettings, poolOf } from "./types.ts";

/** A database for runtimes on which a connection belongs to the request that opened it. */
export interface RequestDb {
  /** Usable inside `withPool` only; anything else is refused with a plain `Error`. */
  readonly db: Db;
  /**
   * Runs `fn` with a pool of its own behind `db`, and closes it when `fn` is over: up to `closeTimeoutMs` later, as a
   * read-only transaction may end behind its caller's back. What `fn` throws is thrown on.
   */
  withPool<T>(fn: () => Promise<T>): Promise<T>;
  /** Resolves once no transaction of the request is open any more: a streamed answer has one until it is sent. */
  drained(): Promise<void>;
}

/**
 * Makes a database whose pool lives as long as one request, so that an application can be built once and yet never
 * use one request's connection for another: workerd forbids that.
 */
export function createRequestDb(options: PoolOptions & DbSettings & { readonly closeTimeoutMs: number }): RequestDb {
  const pools = new AsyncLocalStorage<Pool>();
  const current = (): Pool => {
    const pool = pools.getStore();
    if (pool === undefined) throw new Error("the database was asked for outside withPool");
    return pool;
  };
  return {
    db: {
      get [poolOf]() {
        return current();
      },
      settings: options,
      isShared: false,
      stats: () => current().stats(),
      close: (timeoutMs) => current().close(timeoutMs),
    },
    drained: () => current().drained(),
    async withPool(fn) {
      const pool = createPool(options);
      try {
        return await pools.run(pool, fn);
      } finally {
        await pool.close(options.closeTimeoutMs);
      }
    },
  };
}
