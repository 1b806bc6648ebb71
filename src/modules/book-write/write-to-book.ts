import type { Context } from "hono";
import type { BookEnv } from "../../deps.ts";
import { type Tx, type TxScope, withTx } from "../../foundation/db/index.ts";
import { canonicalJson } from "../../foundation/http/canonical-json.ts";
import { addToRequestLine } from "../../foundation/logging/index.ts";
import { sha256Hex } from "../../foundation/sha256.ts";
import type { Share } from "./grouped-writes-service.ts";
import { bookIdOf } from "./recording.ts";
import { type KeyedWrite, runOnce } from "./service.ts";

/** What a route says of its write. */
export interface BookWrite<Body> {
  /** The status that success is answered with. */
  readonly status: number;
  /** Does the write and makes the body of its answer (null: none), inside the transaction that commits it. */
  readonly run: (tx: Tx) => Promise<Body>;
  /** The route's own scope by default. */
  readonly scope?: TxScope;
  /** Does it together with others of its kind that come at the same time; without it, it has a transaction of its own. */
  readonly share?: Share<Body> | undefined;
}

/**
 * The commit boundary of every write to a book: one transaction, an `Idempotency-Key` kept with the effect, and
 * `dry_run`, which is the same path rolled back. Gives the body to answer, new or as it was the first time.
 *
 * @throws IDEMPOTENCY_KEY_REUSED; as `withTx` and `createSharedTx`; whatever `run` throws.
 */
export async function writeToBook<Body>(c: Context<BookEnv>, write: BookWrite<Body>): Promise<Body> {
  const { db } = c.var;
  const scope = write.scope ?? c.var.scope;
  const dryRun = c.req.query("dry_run") === "true";
  const keyed = await keyedWriteOf(c, write.status);
  const alone = () =>
    withTx(
      db,
      scope,
      async (tx) =>
        keyed === null ? { body: await write.run(tx), replayed: false } : runOnce(tx, keyed, () => write.run(tx)),
      { dryRun },
    );
  // What is refused without asking the database is refused before it waits for others.
  const guard = write.share === undefined || dryRun ? undefined : scope.guard?.("write");
  const together = write.share !== undefined && guard !== undefined && guard !== null;
  const { body, replayed } = together
    ? await write.share(db, { bookId: bookIdOf(c), guard: guard.args, keyed }, alone)
    : await alone();
  if (replayed) {
    c.header("Idempotency-Replayed", "true");
    addToRequestLine({ "idempotency.replayed": true });
  }
  return body;
}

/** The write as its `Idempotency-Key` stands for it; null without one. */
async function keyedWriteOf(c: Context<BookEnv>, status: number): Promise<KeyedWrite | null> {
  const { deps, principal } = c.var;
  const key = c.req.header("idempotency-key");
  if (key === undefined) return null;
  return {
    key,
    bookId: bookIdOf(c),
    principalId: principal.apiKey?.id ?? principal.userId,
    // Ids in a path are the same in either case.
    route: `${c.req.method} ${c.req.path.toLowerCase()}`,
    bodyHash: sha256Hex(canonicalJson(await bodyOf(c))),
    now: deps.clock.now(),
    status,
  };
}

/** The JSON that the route's validator has read already, or null for a route without a body. */
async function bodyOf(c: Context<BookEnv>): Promise<unknown> {
  return c.req.bodyCache.text === undefined ? null : await c.req.json();
}
