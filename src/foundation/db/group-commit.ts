import { AsyncLocalStorage } from "node:async_hooks";
import { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";
import { remainingMs, requestTimeout } from "./deadline.ts";
import { failureOf, type JoinedTx, type TxEnd } from "./observer.ts";
import type { Db, Tx, TxScope } from "./types.ts";
import { assertOutsideTx, runTx } from "./with-tx.ts";

/** Writes of one kind, as they are done several at a time. */
export interface GroupCommitOptions<Item, Result> {
  /** The scope of a transaction of several. It checks nobody: `apply` does, item by item. */
  readonly scopeOf: (items: readonly Item[]) => TxScope;
  /**
   * Does them all, each as if it were alone: its result, or null for one that has to run by itself instead, be it to
   * find out what is wrong with it. Of one with null nothing may stay.
   */
  readonly apply: (tx: Tx, items: readonly Item[]) => Promise<readonly (Result | null)[]>;
  /** How much work an item is: a transaction takes items of `workMax` together at the most, and at least one. */
  readonly workOf: (item: Item) => number;
  readonly workMax: number;
}

/** One write that may share a transaction. */
export interface GroupedWrite<Item, Result> {
  /** Writes of one queue share transactions, which run one after another; those of two have nothing to do with each other. */
  readonly queue: string;
  readonly item: Item;
  /** Of two items that have the same one, the second waits for the first one's transaction; null has no equal. */
  readonly unique: string | null;
  /** The write in a transaction of its own. */
  readonly alone: () => Promise<Result>;
}

interface Waiter<Item, Result> extends GroupedWrite<Item, Result> {
  readonly deadline: number | undefined;
  readonly joined: JoinedTx | undefined;
  /** With its result, or null where it is to run by itself. */
  readonly settle: PromiseWithResolvers<{ readonly result: Result } | null>;
  /** Once it has run by itself, where it does. */
  readonly over: PromiseWithResolvers<void>;
}

type Queue<Item, Result> = Waiter<Item, Result>[];

/** Of no request: what is done for several belongs to none of them. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Makes a boundary like {@link withTx} for writes that come so close together that one COMMIT can serve several (group
 * commit). Nobody waits for company: a write whose queue is idle runs alone and at once, and what comes while it does shares
 * the next transaction.
 *
 * - A write is answered after the COMMIT that made it durable, with its own result.
 * - One that `apply` has put aside runs alone afterwards, and a transaction that failed is run again write by write: each
 *   fails or succeeds by itself, with the error that it would always have had. The exceptions are a lost COMMIT, after
 *   which nothing is ever run again, and a pool that gave no connection, which would not give several.
 * - A deadline ends the waiting of its own write. A shared transaction ends with the earliest of its writes' deadlines.
 * - The transaction runs in no request's context; the observer is told which writes share it.
 * - On a database whose connections belong to single requests every write runs alone.
 *
 * @throws (by the function) OVERLOADED when as many wait as the pool's queue may have; REQUEST_TIMEOUT;
 *   COMMIT_OUTCOME_UNKNOWN; POOL_TIMEOUT; whatever `alone` throws.
 */
export function createGroupCommit<Item, Result>(
  db: Db,
  options: GroupCommitOptions<Item, Result>,
): (write: GroupedWrite<Item, Result>) => Promise<Result> {
  const queues = new Map<string, Queue<Item, Result>>();
  let waiting = 0;

  async function runFirst({ queue: name, alone }: GroupedWrite<Item, Result>): Promise<Result> {
    queues.set(name, []);
    try {
      return await alone();
    } finally {
      void outside(() => serve(name));
    }
  }

  /** Serves a queue until nobody waits in it. */
  async function serve(name: string): Promise<void> {
    for (;;) {
      const batch = takeBatch(queues.get(name) ?? []);
      const [first] = batch;
      if (first === undefined) break;
      waiting -= batch.length;
      if (batch.length > 1) await runTogether(batch);
      else await sendAlone(first);
    }
    queues.delete(name);
  }

  function takeBatch(queue: Queue<Item, Result>): Waiter<Item, Result>[] {
    const batch: Waiter<Item, Result>[] = [];
    const left: Waiter<Item, Result>[] = [];
    const seen = new Set<string>();
    let work = 0;
    for (const waiter of queue) {
      const { item, unique } = waiter;
      const isRepeat = unique !== null && seen.has(unique);
      if (!isRepeat) work += options.workOf(item);
      if (isRepeat || (work > options.workMax && batch.length > 0)) left.push(waiter);
      else batch.push(waiter);
      if (unique !== null) seen.add(unique);
    }
    queue.splice(0, queue.length, ...left);
    return batch;
  }

  function sendAlone(waiter: Waiter<Item, Result>): Promise<void> {
    waiter.settle.resolve(null);
    return waiter.over.promise;
  }

  async function runTogether(batch: readonly Waiter<Item, Result>[]): Promise<void> {
    const items = batch.map(({ item }) => item);
    const joined = batch.flatMap((waiter) => waiter.joined ?? []);
    try {
      const observer = db.settings.observer?.onTransaction("write", joined);
      const call = { db, scope: options.scopeOf(items), options: {}, observer, deadline: earliest(batch) };
      const results = await runTx(call, async (tx) => {
        const made = await options.apply(tx, items);
        if (made.length !== items.length) throw new Error(`${items.length} writes had ${made.length} results`);
        return made;
      });
      for (const [at, waiter] of batch.entries()) {
        const result = results[at] ?? null;
        waiter.settle.resolve(result === null ? null : { result });
      }
    } catch (error) {
      for (const waiter of batch) {
        if (isFinal(error)) waiter.settle.reject(error);
        else waiter.settle.resolve(null);
      }
    }
  }

  /** Waits its turn, and gives what came of it: null where the write is to run by itself now. */
  async function wait(write: GroupedWrite<Item, Result>, deadline: number | undefined) {
    const queue = queues.get(write.queue);
    if (queue === undefined) throw new Error("a write waits in a queue that nobody serves");
    const joined = db.settings.observer?.onJoin?.();
    const waiter = {
      ...write,
      deadline,
      joined,
      settle: Promise.withResolvers(),
      over: Promise.withResolvers(),
    } as Waiter<Item, Result>;
    queue.push(waiter);
    waiting += 1;
    const timer = deadline === undefined ? undefined : setTimeout(giveUp, remainingMs(deadline));
    function giveUp(): void {
      const position = queue?.indexOf(waiter) ?? -1;
      if (position < 0) return;
      queue?.splice(position, 1);
      waiting -= 1;
      waiter.settle.reject(requestTimeout());
    }
    let end: TxEnd | null = { outcome: "committed", error: null };
    try {
      const settled = await waiter.settle.promise;
      if (settled === null) end = null;
      return { settled, over: waiter.over.resolve };
    } catch (error) {
      end = failureOf(error);
      throw error;
    } finally {
      clearTimeout(timer);
      joined?.onEnd(end);
    }
  }

  return async (write) => {
    assertOutsideTx(db);
    if (!db.isShared) return write.alone();
    if (!queues.has(write.queue)) return runFirst(write);
    if (waiting >= db.settings.queueMax) throw overloaded(waiting);
    const { settled, over } = await wait(write, db.settings.deadline?.());
    try {
      return settled === null ? await write.alone() : settled.result;
    } finally {
      over();
    }
  };
}

/** What is not run again: its outcome is unknown, or each write by itself would fare no better. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof BaseAppError && ["COMMIT_OUTCOME_UNKNOWN", "POOL_TIMEOUT", "OVERLOADED"].includes(error.errorId)
  );
}

function earliest(waiters: readonly { readonly deadline: number | undefined }[]): number | undefined {
  const deadlines = waiters.flatMap(({ deadline }) => deadline ?? []);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

function overloaded(waiting: number): BaseAppError {
  return new FoundationError("OVERLOADED", {
    detail: `${waiting} writes wait for their turn, as many as may. Nothing was written.`,
    headers: { "Retry-After": "1" },
  });
}
