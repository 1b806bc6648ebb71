import type { Db, Tx, TxOptions, TxScope } from "./types.ts";
import { currentTx, withTx } from "./with-tx.ts";

/**
 * Gives a service a transaction of its own, for background jobs and composite cases outside a router.
 * Called inside an open transaction of the same database and scope, it joins that one, which then decides the commit.
 *
 * @throws a plain `Error` when the open transaction is another scope's, or read-only where a write is asked for;
 *   otherwise as {@link withTx}.
 *
 * @example
 * const expire = transactional(db, scope, expireKeys);
 * await expire({ before });
 */
export function transactional<Input, Output>(
  db: Db,
  scope: TxScope,
  service: (tx: Tx, input: Input) => Promise<Output>,
  options: TxOptions = {},
): (input: Input) => Promise<Output> {
  return (input) => {
    const outer = currentTx.getStore();
    if (outer?.db !== db || outer.open.state !== "open") return withTx(db, scope, (tx) => service(tx, input), options);
    if (!sameSettings(outer.scope, scope))
      throw new Error("transactional: the open transaction belongs to another scope");
    if (outer.open.tx.mode === "read" && options.readOnly !== true) {
      throw new Error("transactional: a write cannot join a read-only transaction");
    }
    return service(outer.open.tx, input);
  };
}

function sameSettings(a: TxScope, b: TxScope): boolean {
  const names = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)]);
  return [...names].every((name) => a.settings[name] === b.settings[name]);
}
