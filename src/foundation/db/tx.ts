import { PgDialect } from "drizzle-orm/pg-core";
import { PostgresJsSession, PostgresJsTransaction } from "drizzle-orm/postgres-js/session";
import type { Sql, TransactionSql } from "postgres";
import { answerOf, type Connection } from "./connection.ts";
import { remainingMs, requestTimeout } from "./deadline.ts";
import { observeStatement, type TxObserver } from "./observer.ts";
import { parameterisedText } from "./parameterised-text.ts";
import type { Tx, TxMode, TxOrm, TxSql } from "./types.ts";

/** What `withTx` knows of a transaction beyond the `Tx` that it hands out. */
export interface OpenTx {
  readonly tx: Tx;
  state: "open" | "ended";
  /** The first statement that failed, whether or not its error was caught. */
  failure: unknown;
  readonly afterCommit: (() => void | Promise<void>)[];
}

const dialect = new PgDialect();

/** How long its statements' answers are waited for, and who is told of them. */
interface Watching {
  readonly answerTimeoutMs: number;
  readonly observer: TxObserver | undefined;
  /** When the caller stops waiting: no statement is sent past it. */
  readonly deadline: number | undefined;
}

/** Makes the `Tx` over a connection on which BEGIN is about to be sent. */
export function createTx(connection: Connection, mode: TxMode, watching: Watching): OpenTx {
  const watched = watch(connection, watching, () => open);
  let orm: TxOrm | undefined;
  const open: OpenTx = {
    state: "open",
    failure: null,
    afterCommit: [],
    tx: {
      mode,
      sql: watched.sql,
      get orm() {
        orm ??= new PostgresJsTransaction(
          dialect,
          new PostgresJsSession(watched.client, dialect, undefined),
          undefined,
        );
        return orm;
      },
      afterCommit: (callback) => {
        open.afterCommit.push(callback);
      },
    },
  };
  return open;
}

/** postgres.js's query before it is sent: its types leave out the handler that sends it. */
interface PendingQuery extends Promise<unknown> {
  handler: (query: PendingQuery) => void;
  reject: (error: Error) => void;
}

/**
 * The connection's client with every statement watched at the moment it is sent: refused once the transaction has
 * ended (the connection may serve another by then) or the connection was lost (postgres.js would reconnect and run it
 * outside any transaction), its failure remembered, and the observer told.
 */
function watch(
  connection: Connection,
  { answerTimeoutMs, observer, deadline }: Watching,
  openTx: () => OpenTx,
): { sql: TxSql; client: Sql & TransactionSql } {
  function watchQuery(query: object, text: string | TemplateStringsArray): unknown {
    const pending = query as PendingQuery;
    const send = pending.handler;
    pending.handler = (self) => {
      const open = openTx();
      if (open.state === "ended") return self.reject(new Error("a statement was sent on a transaction that has ended"));
      if (connection.closed) {
        return self.reject(Object.assign(new Error("the connection was lost"), { code: "CONNECTION_CLOSED" }));
      }
      if (remainingMs(deadline) <= 0) return self.reject(requestTimeout());
      answerOf(connection, self, answerTimeoutMs).catch((error: unknown) => {
        open.failure ??= error;
      });
      if (observer !== undefined) observeStatement(observer, parameterisedText(text), self);
      send(self);
    };
    return pending;
  }
  const { sql } = connection;
  const client = {
    unsafe: (text: string, parameters: unknown[], options: { prepare?: boolean } = {}) =>
      watchQuery(
        sql.unsafe(text, parameters as never[], {
          ...options,
          prepare: options.prepare === true || connection.mayPrepare(text),
        }),
        text,
      ),
  };
  /** Sent as it is called, not when it is first waited for: statements of one flight go out in the order of the code. */
  function send(text: TemplateStringsArray, ...values: never[]): unknown {
    const query = watchQuery(sql(text, ...values), text) as PendingQuery;
    // Waiting is what sends it. Its failure is remembered, and whoever waits for it besides learns of it.
    query.catch(() => undefined);
    return query;
  }
  return {
    sql: send as TxSql,
    client: client as unknown as Sql & TransactionSql,
  };
}
