import type { Context } from "hono";
import type { BookEnv, Metrics } from "../../deps.ts";

/** Who writes to which book, when, and in which request: what the ledger records with it. */
export interface Recording {
  readonly bookId: string;
  readonly userId: string;
  /** The API key that the user writes with, if any. */
  readonly apiKeyId: string | null;
  readonly at: Date;
  readonly requestId: string;
  readonly traceId: string;
  /** Told of it once it is committed. */
  readonly metrics: Metrics;
}

/** The recording of the request's own write. */
export function recordingOf(c: Context<BookEnv>): Recording {
  const { deps, principal, requestId, trace } = c.var;
  return {
    bookId: bookIdOf(c),
    userId: principal.userId,
    apiKeyId: principal.apiKey?.id ?? null,
    at: deps.clock.now(),
    requestId,
    traceId: trace.traceId,
    metrics: deps.metrics,
  };
}

/** In lower case, as PostgreSQL writes UUIDs. What is no UUID was refused by the route before a scope is opened. */
export function bookIdOf(c: Context<BookEnv>): string {
  return (c.req.param("book_id") ?? "").toLowerCase();
}
