import { BaseAppError } from "../errors/app-error.ts";

const codePattern = /^[A-Za-z0-9_]{1,64}$/;

/**
 * What kind an error is, for `error.type`: an application error's id, the code of the error or of what caused it
 * (PostgreSQL's SQLSTATE, the runtime's `ECONNREFUSED`), or the name of its class. Never its message, and of few values.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/attributes-registry/error/
 */
export function errorTypeOf(error: unknown): string {
  if (error instanceof BaseAppError) return error.errorId;
  if (!(error instanceof Error)) return "_OTHER";
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && codePattern.test(at.code)) return at.code;
  }
  return codePattern.test(error.name) ? error.name : "_OTHER";
}
