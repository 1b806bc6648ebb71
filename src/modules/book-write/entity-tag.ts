import type { Context } from "hono";
import { AppError } from "../../errors.ts";
import { assertMatches, entityTagOf } from "../../foundation/http/entity-tag.ts";

/** What a service calls with an object that it has locked and not yet changed. */
export type Precondition<Row> = (row: Row) => Promise<void>;

/**
 * Holds the request's `If-Match`, where it has one, against an object.
 *
 * @param toRepresentation - the object as a GET of it answers
 * @throws (by the function) PRECONDITION_FAILED
 */
export function preconditionOf<Row>(c: Context, toRepresentation: (row: Row) => unknown): Precondition<Row> {
  const ifMatch = c.req.header("if-match");
  return async (row) => {
    if (ifMatch !== undefined) assertMatches(ifMatch, toRepresentation(row));
  };
}

/**
 * {@link preconditionOf} for a change that nobody may make unseen.
 *
 * @throws (by the function) PRECONDITION_REQUIRED; PRECONDITION_FAILED
 */
export function requiredPreconditionOf<Row>(c: Context, toRepresentation: (row: Row) => unknown): Precondition<Row> {
  const precondition = preconditionOf(c, toRepresentation);
  return async (row) => {
    if (c.req.header("if-match") === undefined) throw new AppError("PRECONDITION_REQUIRED");
    await precondition(row);
  };
}

/** Sets the answer's `ETag` to that of an object as a GET of it answers. */
export function setEntityTag(c: Context, representation: unknown): void {
  c.header("ETag", entityTagOf(representation));
}
