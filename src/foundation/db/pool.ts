import { FoundationError } from "../errors/foundation-errors.ts";
import { type Connection, type ConnectionOptions, closeConnection, openConnection } from "./connection.ts";

export interface PoolOptions extends ConnectionOptions {
  /** Connections kept open once they were needed; at least 1. */
  readonly size: number;
  /** Connections opened beyond `size` under a burst and given back after it; 0 or more. */
  readonly maxOverflow: number;
  /** How long a request may wait for a connection, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** How many may wait for a connection at a time; more are refused at once. */
  readonly queueMax: number;
  /** How long an idle overflow connection is kept, in milliseconds. */
  readonly overflowIdleTimeoutMs: number;
  /** Age past which a connection is replaced when it comes back, in milliseconds. */
  readonly lifetimeMs: number;
}

/** A snapshot of the pool, for gauges. `open` counts steady and overflow connections alike. */
export interface PoolStats {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  /** Since start. */
  readonly timeouts: number;
}

export interface Pool {
  /**
   * A connection for the caller alone, in the order of asking.
   * @param waitMsMax how long this caller waits at the most, where that is less than the pool's own limit.
   * @throws POOL_TIMEOUT when none became free in time; OVERLOADED when as many wait already as may;
   *   DATABASE_UNAVAILABLE when the pool is closing.
   */
  acquire(waitMsMax?: number): Promise<Connection>;
  /** Gives a connection back. A closed one is dropped. */
  release(connection: Connection): void;
  /**
   * Counts a stream in, as those keep a connection for long: a third of the pool at the most, and at least one.
   * @returns what counts it out again; to be called once.
   * @throws STREAMS_BUSY
   */
  enterStream(): () => void;
  stats(): PoolStats;
  /** Resolves once no connection is in use: at once, or when the last one comes back. */
  drained(): Promise<void>;
  /** Refuses new work, waits up to `timeoutMs` for connections in use, then closes every connection. */
  close(timeoutMs: number): Promise<void>;
}

interface Waiter {
  readonly give: (connection: Connection) => void;
  readonly refuse: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Makes a pool; no connection is opened before the first `acquire`. */
export function createPool(options: PoolOptions): Pool {
  const connections = new Set<Connection>();
  const idle: Connection[] = [];
  const waiters = new Set<Waiter>();
  const overflowTimers = new Map<Connection, ReturnType<typeof setTimeout>>();
  let timeouts = 0;
  let streams = 0;
  let closing: (() => void) | null = null;
  let settled: (() => void)[] = [];

  const max = options.size + options.maxOverflow;
  const streamsMax = Math.max(1, Math.floor(max / 3));

  function drop(connection: Connection): void {
    if (!connections.delete(connection)) return;
    const position = idle.indexOf(connection);
    if (position >= 0) idle.splice(position, 1);
    clearTimeout(overflowTimers.get(connection));
    overflowTimers.delete(connection);
    void closeConnection(connection);
    // The place that became free belongs to whoever has waited longest.
    if (waiters.size > 0 && connections.size < max) offer(open());
    if (closing !== null && connections.size === 0) closing();
  }

  function open(): Connection {
    const connection = openConnection(options, (closed) => {
      // One in use is dropped by its release; an idle one at once, so that nobody is handed a dead connection.
      if (idle.includes(closed)) drop(closed);
    });
    connections.add(connection);
    return connection;
  }

  function offer(connection: Connection): void {
    const [first] = waiters;
    if (first !== undefined) {
      waiters.delete(first);
      clearTimeout(first.timer);
      first.give(connection);
      return;
    }
    idle.push(connection);
    if (connections.size > options.size) {
      overflowTimers.set(connection, setTimeout(giveBack, options.overflowIdleTimeoutMs, connection));
    }
  }

  /** An idle connection's time is up: it goes if the pool is still above its steady size. */
  function giveBack(connection: Connection): void {
    overflowTimers.delete(connection);
    if (connections.size > options.size) drop(connection);
  }

  function wait(waitMsMax: number): Promise<Connection> {
    if (waiters.size >= options.queueMax) {
      throw new FoundationError("OVERLOADED", {
        detail: `${waiters.size} requests wait for a database connection, as many as may. Nothing was written.`,
        headers: { "Retry-After": "1" },
      });
    }
    const timeoutMs = Math.min(options.acquireTimeoutMs, waitMsMax);
    return new Promise((give, refuse) => {
      const timer = setTimeout(() => {
        waiters.delete(waiter);
        timeouts += 1;
        refuse(
          new FoundationError("POOL_TIMEOUT", {
            detail: `No database connection became free within ${Math.round(timeoutMs)} ms. Nothing was written.`,
            headers: { "Retry-After": "1" },
            meta: { open: connections.size, waiting: waiters.size },
          }),
        );
      }, timeoutMs);
      const waiter: Waiter = { give, refuse, timer };
      waiters.add(waiter);
    });
  }

  return {
    async acquire(waitMsMax = Number.POSITIVE_INFINITY) {
      if (closing !== null)
        throw new FoundationError("DATABASE_UNAVAILABLE", { detail: "The server is shutting down." });
      const connection = idle.pop();
      if (connection !== undefined) {
        clearTimeout(overflowTimers.get(connection));
        overflowTimers.delete(connection);
        return connection;
      }
      return connections.size < max ? open() : wait(waitMsMax);
    },

    release(connection) {
      const old = performance.now() - connection.openedAt > options.lifetimeMs;
      if (connection.closed || old || closing !== null) drop(connection);
      else offer(connection);
      if (idle.length < connections.size) return;
      for (const resolve of settled) resolve();
      settled = [];
    },

    enterStream() {
      if (streams >= streamsMax) {
        throw new FoundationError("STREAMS_BUSY", {
          detail: `${streams} long answers are being read, as many as may be at once.`,
          headers: { "Retry-After": "10" },
        });
      }
      streams += 1;
      return () => {
        streams -= 1;
      };
    },

    drained() {
      if (idle.length === connections.size) return Promise.resolve();
      return new Promise((resolve) => settled.push(resolve));
    },

    stats: () => ({ open: connections.size, idle: idle.length, waiting: waiters.size, timeouts }),

    async close(timeoutMs) {
      const drained = new Promise<void>((resolve) => {
        closing = resolve;
      });
      for (const waiter of waiters) {
        clearTimeout(waiter.timer);
        waiter.refuse(new FoundationError("DATABASE_UNAVAILABLE", { detail: "The server is shutting down." }));
      }
      waiters.clear();
      for (const connection of [...idle]) drop(connection);
      if (connections.size === 0) return;
      const deadline = Promise.withResolvers<void>();
      const timer = setTimeout(deadline.resolve, timeoutMs);
      await Promise.race([drained, deadline.promise]);
      clearTimeout(timer);
      for (const connection of [...connections]) drop(connection);
    },
  };
}
