import { createPool, type PoolOptions } from "./pool.ts";
import { type Db, type DbSettings, poolOf } from "./types.ts";

/** Makes the database of an application. Nothing is connected before the first transaction. */
export function createDb(options: PoolOptions & DbSettings): Db {
  const pool = createPool(options);
  return { [poolOf]: pool, settings: options, isShared: true, stats: pool.stats, close: pool.close };
}
