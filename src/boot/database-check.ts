import { type Db, withTx } from "../foundation/db/index.ts";
import type { Check } from "../foundation/health/index.ts";

/** Whether a transaction opens, on the pool that requests use. */
export function createDatabaseCheck(db: Db): Check {
  return {
    name: "database",
    critical: true,
    remedy: "Is PostgreSQL running, and does DATABASE_URL name it with a role and password that it takes?",
    probe: () => withTx(db, { settings: {} }, (tx) => tx.sql`select`, { readOnly: true }),
  };
}
