import { createSharedTx, type Db, type SharedWrite, type Tx } from "../../foundation/db/index.ts";
import { runEachOnce, type SharedBookWrite } from "./service.ts";

/** What a write that may share a transaction is answered, as `runOnce` gives it. */
export interface Answered<Body> {
  readonly body: Body;
  readonly replayed: boolean;
}

/** Does one write, with others of its kind where there are any, and otherwise alone. */
export type Share<Body> = (
  db: Db,
  write: Omit<SharedBookWrite<unknown>, "payload">,
  alone: () => Promise<Answered<Body>>,
) => Promise<Answered<Body>>;

/**
 * Makes the boundary of writes of one kind that may share a transaction, book by book.
 *
 * @param apply - does several, each as if it were alone: what it is to be answered, or null for one that is to run by itself
 * @param workOf - how much work a write is, of `workMax` that are done together
 */
export function createSharedWrites<Payload, Body>(kind: {
  readonly apply: (tx: Tx, payloads: readonly Payload[]) => Promise<readonly (Body | null)[]>;
  readonly workOf: (payload: Payload) => number;
  readonly workMax: number;
}): (payload: Payload) => Share<Body> {
  type Run = (write: SharedWrite<SharedBookWrite<Payload>, Answered<Body>>) => Promise<Answered<Body>>;
  const runOf = new WeakMap<Db, Run>();
  const make = (db: Db): Run =>
    createSharedTx(db, {
      scopeOf: ([first]) => ({ settings: { "footing.book_id": first?.bookId ?? "" } }),
      apply: (tx, writes) => runEachOnce(tx, writes, (payloads) => kind.apply(tx, payloads)),
      workOf: ({ payload }) => kind.workOf(payload),
      workMax: kind.workMax,
    });
  return (payload) => (db, write, alone) => {
    const run = runOf.get(db) ?? make(db);
    runOf.set(db, run);
    const { bookId, keyed } = write;
    const unique = keyed === null ? null : `${keyed.principalId} ${keyed.key}`;
    return run({ queue: bookId, item: { ...write, payload }, unique, alone });
  };
}
