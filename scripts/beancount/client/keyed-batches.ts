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
 */
export async function keyBatches<Item extends Planned<unknown>>(
  bookId: string,
  field: BatchField,
  list: readonly Item[],
): Promise<KeyedBatch<Item>[]> {
  const digest = await sha256Hex(canonicalJson([bookId, field, list.map(({ body }) => body)]));
  return cutBatches(list).map((items, index) => ({ key: `beancount-${field}-${digest}-${index + 1}`, items }));
}
