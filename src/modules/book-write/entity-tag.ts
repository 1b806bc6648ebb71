import type { Context } from "hono";
import { assertMatches, entityTagOf } from "../../foundation/http/entity-tag.ts";

/**
 * What a service calls with an object that it has locked and not yet changed: it holds the request's `If-Match` against it.
 *
 * @param toRepresentation - the object as a GET of it answers
 * @throws (by the function) PRECONDITION_FAILED; PRECONDITION_REQUIRED where it is `required` and absent.
 */
export function preconditionOf<Row>(
  c: Context,
  toRepresentation: (row: Row) => unknown,
  { required }: { readonly required: boolean },
): (row: Row) => Promise<void> {
  const ifMatch = c.req.header("if-match");
  return (row) => assertMatches(ifMatch, toRepresentation(row), { required });
}

/** Sets the answer's `ETag` to that of an object as a GET of it answers. */
export async function setEntityTag(c: Context, representation: unknown): Promise<void> {
  c.header("ETag", await entityTagOf(representation));
}
