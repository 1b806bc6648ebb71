import { v7 as uuidV7 } from "uuid";
import { type Tx, type TxScope, withTx } from "../../../src/foundation/db/index.ts";
import type { Recording } from "../../../src/modules/book-write/index.ts";
import { type Answer, noMetrics, type TestApp } from "../../support/app.ts";

/** A registered user's book over HTTP: paths are relative to the book. */
export async function createBookClient(app: TestApp) {
  const owner = await app.register();
  const { token } = owner;
  const send = (method: string, path: string, json?: unknown, headers = {}): Promise<Answer> =>
    app.request(`${owner.book}${path}`, { method, token, headers, ...(json === undefined ? {} : { json }) });

  return {
    bookId: owner.bookId,
    userId: owner.userId,
    token,
    get: (path: string) => send("GET", path),
    post: (path: string, json: unknown, headers: Readonly<Record<string, string>> = {}) =>
      send("POST", path, json, headers),
    /** Whatever version there is, unless the header fields say which. */
    patch: (path: string, json: unknown, headers: Readonly<Record<string, string>> = { "If-Match": "*" }) =>
      send("PATCH", path, json, headers),
    delete: (path: string, headers: Readonly<Record<string, string>> = { "If-Match": "*" }) =>
      send("DELETE", path, undefined, headers),

    /** Creates an account, which must succeed, and gives its body. */
    async account(path: string, fields: Readonly<Record<string, unknown>> = {}) {
      const answer = await send("POST", "/accounts", { path, type: "asset", ...fields });
      if (answer.status !== 201) throw new Error(`creating ${path} answered ${JSON.stringify(answer.body)}`);
      return answer.body;
    },

    /** Posts an entry of two lines of 1 unit. */
    transfer(move: {
      date: string;
      debit: string;
      credit: string;
      commodity?: string;
      price?: unknown;
    }): Promise<Answer> {
      const { commodity = "USD", price } = move;
      const line = { amount: "1", commodity, ...(price === undefined ? {} : { price }) };
      return send("POST", "/journal-entries", {
        date: move.date,
        lines: [
          { account_path: move.debit, side: "debit", ...line },
          { account_path: move.credit, side: "credit", ...line },
        ],
      });
    },

    /** Every item of a list, read page by page. */
    async all(path: string, limit: number) {
      const items: Answer["body"][] = [];
      const next = `${path}${path.includes("?") ? "&" : "?"}limit=${limit}`;
      let cursor: string | null = null;
      do {
        const { status, body } = await send("GET", cursor === null ? next : `${next}&cursor=${cursor}`);
        if (status !== 200) throw new Error(`listing ${path} answered ${JSON.stringify(body)}`);
        items.push(...body.items);
        cursor = body.next_cursor;
      } while (cursor !== null);
      return items;
    },
  };
}

export type BookClient = Awaited<ReturnType<typeof createBookClient>>;

/** What a request of nobody in particular would record, for a service that a test calls itself. */
export function recordingFor(bookId: string): Recording {
  return {
    bookId,
    userId: uuidV7(),
    apiKeyId: null,
    at: new Date(),
    requestId: "test",
    traceId: "0".repeat(32),
    metrics: noMetrics,
  };
}

export const scopeOf = (bookId: string): TxScope => ({ settings: { "footing.book_id": bookId } });

/**
 * Does `first` in a transaction and, while it is uncommitted, starts `second`; commits once `second` waits for a lock or
 * has ended. So the order is certain, and a `second` that does not wait is found out by its answer.
 */
export async function overlap<A, B>(
  app: TestApp,
  bookId: string,
  steps: { first: (tx: Tx) => Promise<A>; second: () => Promise<B> },
): Promise<{ first: A; second: B }> {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const first = withTx(app.db, scopeOf(bookId), async (tx) => {
    const result = await steps.first(tx);
    reached.resolve();
    await gate.promise;
    return result;
  });
  await Promise.race([reached.promise, first]);
  let ended = false;
  const second = steps.second().finally(() => {
    ended = true;
  });
  while (!ended && !(await someoneWaits(app))) await Bun.sleep(5);
  gate.resolve();
  return { first: await first, second: await second };
}

async function someoneWaits(app: TestApp): Promise<boolean> {
  const rows = await withTx(
    app.db,
    { settings: {} },
    (tx) => tx.sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    { readOnly: true },
  );
  return rows.length > 0;
}
