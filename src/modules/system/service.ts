import { AppError, catalogue } from "../../errors.ts";
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
