import type { BaseAppError } from "../errors/app-error.ts";
import { FoundationError } from "../errors/foundation-errors.ts";

/** What PostgreSQL says of a failed statement, without its parameters. */
export interface PgError {
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly constraint: string | null;
  readonly table: string | null;
  /** PostgreSQL's own DETAIL: may quote values, so it is for the log alone. */
  readonly detail: string | null;
}

/** The PostgreSQL error at the root of whatever drizzle or a service wrapped it in, or null. */
export function findPgError(error: unknown): PgError | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const fields = at as Error & Record<string, unknown>;
    if (at.name === "PostgresError" && typeof fields["code"] === "string") {
      const text = (key: string) => (typeof fields[key] === "string" ? fields[key] : null);
      return {
        code: fields["code"],
        constraint: text("constraint_name"),
        table: text("table_name"),
        detail: text("detail"),
      };
    }
  }
  return null;
}

/** The SQLSTATE of a serialization failure or deadlock (PostgreSQL rolled back and asks for another try), or null. */
export function findTransactionConflict(error: unknown): string | null {
  const code = findPgError(error)?.code;
  return code === "40001" || code === "40P01" ? code : null;
}

const lossCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
]);

/** workerd's errors of a socket have no code. */
const lossMessages = /^(?:proxy request failed, cannot connect to the specified address|Network connection lost)/;

/** The connection broke, or the server ended it: what was being answered is not known. */
export function isConnectionLoss(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (lossMessages.test(at.message)) return true;
    if (!("code" in at) || typeof at.code !== "string") continue;
    // 08: connection exceptions. 57P01–57P03: the server is shutting down, crashed, or cannot connect now.
    if (lossCodes.has(at.code) || at.code.startsWith("08") || /^57P0[1-5]$/.test(at.code)) return true;
  }
  return false;
}

/** What one SQLSTATE or one constraint means to the application. */
export type PgErrorMeaning = (found: PgError, cause: unknown) => BaseAppError;

/** Meanings that hold in any application. */
const sqlStates: Readonly<Record<string, PgErrorMeaning>> = {
  "23505": (_, cause) => new FoundationError("CONFLICT", { cause }),
  "23503": (_, cause) => new FoundationError("CONFLICT", { cause }),
  "57014": (_, cause) => new FoundationError("STATEMENT_TIMEOUT", { cause, headers: { "Retry-After": "1" } }),
  "55P03": (_, cause) => new FoundationError("STATEMENT_TIMEOUT", { cause, headers: { "Retry-After": "1" } }),
  "53300": (_, cause) => new FoundationError("DATABASE_UNAVAILABLE", { cause, headers: { "Retry-After": "1" } }),
};

/**
 * The one table from PostgreSQL's errors to the application's: by constraint name first, then by SQLSTATE.
 * Anything that neither knows stays as it is, and so becomes a 500.
 */
export function createPgErrorMapper(own: {
  readonly constraints: Readonly<Record<string, PgErrorMeaning>>;
  readonly sqlStates: Readonly<Record<string, PgErrorMeaning>>;
}): (error: unknown) => BaseAppError | null {
  return (error) => {
    if (isConnectionLoss(error)) {
      return new FoundationError("DATABASE_UNAVAILABLE", { cause: error, headers: { "Retry-After": "1" } });
    }
    const found = findPgError(error);
    if (found === null) return null;
    const meaning =
      (found.constraint === null ? undefined : own.constraints[found.constraint]) ??
      own.sqlStates[found.code] ??
      sqlStates[found.code];
    return meaning?.(found, error) ?? null;
  };
}
