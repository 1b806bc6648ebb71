import type { z } from "zod";
import type { ApiClient, Written } from "../../client/api-client.ts";
import { ApiRefusedError } from "../../client/api-errors.ts";
import { ImportStoppedError } from "../../client/find-book.ts";
import type { Planned } from "../plan/plan-types.ts";
import { formatFault, type SourcePosition } from "../syntax/fault.ts";

/**
 * Makes one thing that the book was seen to lack. Its key is of this run alone: the book tells a later run what it has,
 * while an answer kept from an earlier run would stand for something that was taken away since.
 * @throws ImportStoppedError when it is refused, naming the place in the book
 */
export async function makeMissing<T>(
  client: ApiClient,
  path: string,
  planned: Planned<unknown>,
  schema: z.ZodType<T>,
): Promise<Written<T>> {
  return placeRefusal(planned, () =>
    client.post({ path, key: `beancount-${crypto.randomUUID()}`, body: planned.body }, schema),
  );
}

/** Runs a write; where it is refused, @throws ImportStoppedError naming the place in the book. */
export async function placeRefusal<T>(planned: SourcePosition, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ApiRefusedError)) throw error;
    const details = (error.problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer ?? ""} ${detail ?? ""}`);
    throw new ImportStoppedError([formatFault({ ...planned, message: error.message }), ...details]);
  }
}
