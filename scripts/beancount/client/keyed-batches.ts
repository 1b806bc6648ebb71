import { canonicalJson } from "../../../src/foundation/http/canonical-json.ts";
import { sha256Hex } from "../../../src/foundation/sha256.ts";
import { cutBatches } from "../../client/batches.ts";
import type { Planned } from "../plan/plan-types.ts";

/** Which list of the plan, and the field of the bulk request that it travels in. */
export type BatchField = "prices" | "entries";

export interface KeyedBatch<Item extends Planned<unknown> = Planned<unknown>> {
  readonly key: string;
  readonly items: readonly Item[];
}

/**
 * The batches of a list, each under a key that is the same in every run: a digest of the book's id and of the whole list,
 * and the batch's ordinal. As the digest is of the whole list, a file that was changed shares no key with what it was: its
 * first batch cannot pass for done while a later one is new. A batch that was cut otherwise under the same key is refused
 * by the API, which compares bodies.
 * @param ends - numbers of items after which a batch ends in any case
 */
export async function keyBatches<Item extends Planned<unknown>>(
  bookId: string,
  field: BatchField,
  list: readonly Item[],
  ends: Iterable<number> = [],
): Promise<KeyedBatch<Item>[]> {
  const digest = await sha256Hex(canonicalJson([bookId, field, list.map(({ body }) => body)]));
  const cuts = [...new Set([0, ...ends, list.length])].sort((left, right) => left - right);
  const parts = cuts.map((from, index) => list.slice(from, cuts[index + 1]));
  return parts
    .flatMap((part) => cutBatches(part))
    .map((items, index) => ({ key: `beancount-${field}-${digest}-${index + 1}`, items }));
}
