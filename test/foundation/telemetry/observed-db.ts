import {
  createDb,
  createPgErrorMapper,
  type Db,
  type DbObserver,
  type PoolOptions,
} from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";

/** A database that is observed, with short waits. */
export function openObservedDb(url: string, observer: DbObserver | undefined, pool: Partial<PoolOptions> = {}): Db {
  return createDb({
    url,
    applicationName: "observed-db",
    connectTimeoutSeconds: 5,
    size: 6,
    maxOverflow: 0,
    queueMax: 100,
    acquireTimeoutMs: 20_000,
    overflowIdleTimeoutMs: 100,
    lifetimeMs: 3_600_000,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 10_000,
    openSocket: openTcpSocket,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: () => undefined,
    observer,
    ...pool,
  });
}

/** Waits for a condition, which must come. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
