import { findPgError } from "../db/pg-errors.ts";
import { BaseAppError } from "../errors/app-error.ts";

const codePattern = /^[A-Za-z0-9_]{1,64}$/;

/**
 * What kind an error is, for `error.type`: an application error's id, PostgreSQL's SQLSTATE, the runtime's code, or the
 * name of its class. Never its message, and of few values.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/attributes-registry/error/
 */
export function errorTypeOf(error: unknown): string {
  if (error instanceof BaseAppError) return error.errorId;
  if (!(error instanceof Error)) return "_OTHER";
  const code = findPgError(error)?.code ?? ("code" in error ? error.code : undefined);
  if (typeof code === "string" && codePattern.test(code)) return code;
  return codePattern.test(error.name) ? error.name : "_OTHER";
}
