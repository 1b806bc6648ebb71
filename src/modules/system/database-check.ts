import { type Db, withTx } from "../../foundation/db/index.ts";

const checkKeptMs = 1000;

export type DatabaseCheck = () => Promise<boolean>;

/**
 * Makes the check that `/health` asks: whether a transaction opens. An answer is kept for a second and a check under
 * way is shared, because the route is open to everybody and exempt from the rate limit.
 */
export function createDatabaseCheck(db: Db): DatabaseCheck {
  let last: { readonly at: number; readonly answer: Promise<boolean> } | null = null;
  return () => {
    const now = performance.now();
    if (last === null || now - last.at > checkKeptMs) last = { at: now, answer: opens(db) };
    return last.answer;
  };
}

async function opens(db: Db): Promise<boolean> {
  try {
    await withTx(db, { settings: {} }, (tx) => tx.sql`select`, { readOnly: true });
    return true;
  } catch (error) {
    db.settings.onBackgroundError(error, "the database health check");
    return false;
  }
}
