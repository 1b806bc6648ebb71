import postgres, { type Sql } from "postgres";
import { formatArray, parseArray } from "./array-literals.ts";
import { type Backend, type CancelSocket, cancelRunning } from "./cancel.ts";

/** Where postgres.js found the database to be, from its URL. */
export interface SocketAddress {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Of a Unix socket, or false. */
  readonly path: string | false;
}

/** Opens a connected socket of the runtime's own kind. */
export type OpenSocket = (address: SocketAddress, timeoutMs: number) => Promise<CancelSocket>;

/** Where the database is and how this process names itself to it. */
export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** How long opening a connection may take, in seconds. */
  readonly connectTimeoutSeconds: number;
  /**
   * How a socket is opened. With it a connection has one socket in its life; without it (on workerd, where postgres.js
   * has its own) postgres.js may reconnect behind a lost connection's back until that is closed.
   */
  readonly openSocket?: OpenSocket;
}

/** One connection to PostgreSQL and what the pool needs to know of it. */
export interface Connection {
  readonly sql: Sql;
  /** `performance.now()` at creation. */
  readonly openedAt: number;
  /** Whether one more distinct statement text may stay prepared on this connection. */
  readonly mayPrepare: (text: string) => boolean;
  /** True once the socket has closed: nothing may be sent on it any more. */
  closed: boolean;
  /** The server's process that serves it; null until that has answered a statement. */
  backend: Backend | null;
  /** Said once the server has answered a statement: the connection stands. */
  confirm(): void;
  /**
   * Has the server cancel what it is running for this connection, if anything; resolves once it has been told. Where it cannot be
   * told in time the connection is closed instead, which refuses its statements as lost. Never rejects.
   */
  cancelRunning(timeoutMs: number): Promise<void>;
}

/** Statements that one connection keeps prepared; beyond it drizzle's are sent unprepared, so that none pile up. */
const preparedStatementsMax = 256;

const passThrough = (value: unknown): unknown => value;
const oid = {
  json: 114,
  textArray: 1009,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  uuidArray: 2951,
  jsonb: 3802,
} as const;

/**
 * Makes a client that owns exactly one connection, which its first statement opens: to be sent at once, as the time for
 * connecting runs from here.
 *
 * One connection a client is what makes a lost connection visible: a client of several reconnects by itself and
 * would run the rest of a transaction outside it. For the same reason postgres.js's own idle and lifetime timers are
 * off, as they may close a connection between two statements of a transaction; the pool retires connections instead.
 *
 * Dates stay `YYYY-MM-DD` strings, `numeric` stays a decimal string, `timestamptz` becomes a `Date`, and JSON is
 * sent as the text it is given (drizzle and the repositories serialise it themselves). Of arrays those of texts and UUIDs
 * are known.
 */
export function openConnection(options: ConnectionOptions, onClose: (connection: Connection) => void): Connection {
  const sql = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: options.connectTimeoutSeconds,
    // postgres.js would ask each connection for all array types and leave that question's failure to nobody: losing a
    // connection as it opens would end the process.
    fetch_types: false,
    connection: { application_name: options.applicationName },
    onnotice: () => undefined,
    onclose: lose,
    ...(options.openSocket === undefined ? {} : { socket: openOnce(options.openSocket) }),
    types: {
      json: {
        to: oid.json,
        from: [oid.json, oid.jsonb],
        serialize: passThrough,
        parse: (text: string) => JSON.parse(text),
      },
      jsonb: { to: oid.jsonb, from: [], serialize: passThrough, parse: passThrough },
      textArray: { to: oid.textArray, from: [oid.textArray], serialize: formatArray, parse: parseArray },
      uuidArray: { to: oid.uuidArray, from: [oid.uuidArray], serialize: formatArray, parse: parseArray },
      date: { to: oid.date, from: [oid.date], serialize: passThrough, parse: passThrough },
      timestamptz: {
        to: oid.timestamptz,
        from: [oid.timestamp, oid.timestamptz],
        serialize: (value: Date | string) => (typeof value === "string" ? value : value.toISOString()),
        parse: (text: string) => new Date(text),
      },
    },
  });
  /** Whatever was sent and not answered, or waits to be sent, is refused now: postgres.js would leave it for ever. */
  function lose(): void {
    if (connection.closed) return;
    void closeConnection(connection);
    onClose(connection);
  }
  // A server that takes a connection and closes it again has postgres.js try for ever; this ends it.
  const deadline = setTimeout(() => void closeConnection(connection), options.connectTimeoutSeconds * 1000);
  let opened: SocketAddress | null = null;
  /** postgres.js asks for a socket each time that it connects: the second time its connection was lost. */
  function openOnce(open: OpenSocket) {
    return async (address: SocketAddress) => {
      try {
        if (opened !== null) throw Object.assign(new Error("the connection was lost"), { code: "CONNECTION_CLOSED" });
        opened = address;
        return await open(address, options.connectTimeoutSeconds * 1000);
      } catch (error) {
        lose();
        throw error;
      }
    };
  }
  const connection: Connection = {
    sql,
    openedAt: performance.now(),
    mayPrepare: createPreparedBudget(),
    closed: false,
    backend: null,
    confirm: () => clearTimeout(deadline),
    async cancelRunning(timeoutMs) {
      const { openSocket } = options;
      const [address, { backend }] = [opened, connection];
      try {
        if (openSocket === undefined || address === null || backend === null) throw new Error("there is nobody to ask");
        await cancelRunning(() => openSocket(address, timeoutMs), backend, timeoutMs);
      } catch {
        // Whatever kept it: without its connection the transaction ends as well.
        await closeConnection(connection);
      }
    },
  };
  return connection;
}

/**
 * Waits for an answer for a bounded time: past it the connection is given up, which refuses the statement as lost. The
 * server's own timeouts say nothing when the network has gone silent.
 */
export async function answerOf<T>(connection: Connection, statement: PromiseLike<T>, timeoutMs: number): Promise<T> {
  const timer = setTimeout(() => void closeConnection(connection), timeoutMs);
  try {
    return await statement;
  } finally {
    clearTimeout(timer);
  }
}

function createPreparedBudget(): (text: string) => boolean {
  const known = new Set<string>();
  return (text) => {
    if (known.has(text)) return true;
    if (known.size >= preparedStatementsMax) return false;
    known.add(text);
    return true;
  };
}

/** Closes a connection without waiting for statements in flight. */
export async function closeConnection(connection: Connection): Promise<void> {
  connection.closed = true;
  connection.confirm();
  await connection.sql.end({ timeout: 0 });
}
