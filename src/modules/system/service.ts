import { AppError, catalogue } from "../../errors.ts";
import { type Db, withTx } from "../../foundation/db/index.ts";
import type { ErrorDefinition } from "../../foundation/errors/app-error.ts";

export interface ErrorPage extends ErrorDefinition {
  readonly error_id: string;
}

/** The catalogue, in its own order. */
export function listErrorPages(): ErrorPage[] {
  return Object.entries(catalogue).map(([error_id, definition]) => ({ error_id, ...definition }));
}

/** @throws NOT_FOUND when the catalogue has no such id. */
export function getErrorPage(errorId: string): ErrorPage {
  const page = listErrorPages().find((candidate) => candidate.error_id === errorId);
  if (page === undefined) throw new AppError("NOT_FOUND", { detail: `There is no error ${errorId}.` });
  return page;
}

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
