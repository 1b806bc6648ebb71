import { type Db, withTx } from "../foundation/db/index.ts";
import type { Check } from "../foundation/health/index.ts";

/** Whether a transaction opens, on the pool that requests use. Null is the embedded database before it was started. */
export function createDatabaseCheck(db: Db | null): Check {
  return {
    name: "database",
    critical: true,
    remedy: "Is PostgreSQL running, and does DATABASE_URL name it with a role and password that it takes?",
    probe: async () =>
      db === null ? false : withTx(db, { settings: {} }, (tx) => tx.sql`select`, { readOnly: true, attempts: 1 }),
  };
}
