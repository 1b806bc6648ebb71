import type { ApiClient, KeyedWrite } from "../../client/api-client.ts";
import { ApiRefusedError } from "../../client/api-errors.ts";
import { createdListSchema } from "../../client/api-schemas.ts";
import { ImportStoppedError } from "../../client/find-book.ts";
import { formatFault } from "../syntax/fault.ts";
import type { BatchField, KeyedBatch } from "./keyed-batches.ts";

const PATHS = { prices: "prices/bulk", entries: "journal-entries/bulk" } as const;

export interface PostedBatch {
  /** In the order of the batch. */
  readonly ids: readonly string[];
  /** Whether the API had it already. */
  readonly isReplay: boolean;
}

/**
 * Posts a batch.
 * @throws ImportStoppedError when it is refused, naming the places in the book, or when not all of it is confirmed
 */
export async function postBatch(
  client: ApiClient,
  bookPath: string,
  field: BatchField,
  batch: KeyedBatch,
): Promise<PostedBatch> {
  const { length } = batch.items;
  try {
    const { answer, isReplay } = await client.post(toWrite(bookPath, field, batch), createdListSchema);
    if (answer.items.length === length) return { ids: answer.items.map(({ id }) => id), isReplay };
    throw new ImportStoppedError([`${length} ${field} were sent, and ${answer.items.length} were confirmed`]);
  } catch (error) {
    if (!(error instanceof ApiRefusedError)) throw error;
    throw new ImportStoppedError([error.message, ...faultsOf(error, field, batch)]);
  }
}

/**
 * Whether the API has a batch of entries from an earlier run. It is asked by a dry run under the batch's key, which is
 * answered as a replay when the key is known, and otherwise tries the batch and leaves nothing.
 */
export async function isPosted(client: ApiClient, bookPath: string, batch: KeyedBatch): Promise<boolean> {
  const { path, key, body } = toWrite(bookPath, "entries", batch);
  try {
    return (await client.post({ path: `${path}?dry_run=true`, key, body }, createdListSchema)).isReplay;
  } catch (error) {
    // A batch that is new may be refused here, as its accounts may be missing yet.
    if (error instanceof ApiRefusedError && [409, 422].includes(error.problem.status)) return false;
    throw error;
  }
}

function toWrite(bookPath: string, field: BatchField, { key, items }: KeyedBatch): KeyedWrite {
  return { path: `${bookPath}/${PATHS[field]}`, key, body: { [field]: items.map(({ body }) => body) } };
}

/** The faults of a bulk answer, each with the place in the book that it is about. */
function faultsOf({ problem }: ApiRefusedError, field: BatchField, { items }: KeyedBatch): string[] {
  return (problem.errors ?? []).map(({ pointer = "", detail = "" }) => {
    const index = new RegExp(`^/${field}/(\\d+)`).exec(pointer)?.[1];
    const planned = index === undefined ? undefined : items[Number(index)];
    return planned ? formatFault({ ...planned, message: `${pointer}: ${detail}` }) : `${pointer}: ${detail}`;
  });
}
