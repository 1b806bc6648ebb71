/** Bounds of one bulk request: the API's number of items, and well below the bytes of a body that it takes. */
export const BATCH_ITEMS_MAX = 1000;
export const BATCH_BYTES_MAX = 3.5 * 1024 * 1024;

/** Room for what stands around the items. */
const ENVELOPE_BYTES = 64;

/** Cuts a list into batches, in order, each within both bounds; an item too long by itself is alone in its batch. */
export function cutBatches<T extends { readonly body: unknown }>(
  items: readonly T[],
  bounds: { readonly itemsMax: number; readonly bytesMax: number } = {
    itemsMax: BATCH_ITEMS_MAX,
    bytesMax: BATCH_BYTES_MAX,
  },
): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const item of items) {
    const itemBytes = new TextEncoder().encode(JSON.stringify(item.body)).length + 1;
    if (current.length > 0 && (current.length >= bounds.itemsMax || bytes + itemBytes > bounds.bytesMax)) {
      batches.push(current);
      current = [];
      bytes = ENVELOPE_BYTES;
    }
    current.push(item);
    bytes += itemBytes;
  }
  return current.length > 0 ? [...batches, current] : batches;
}
