import { BATCH_BYTES_MAX, BATCH_ITEMS_MAX } from "../client/batches.ts";

/** Gathers the items of a bulk request, in order, up to the bounds of one. */
export class Batch {
  #bodies: object[] = [];
  #lines: number[] = [];
  #bytes = 0;

  /** Whether the item can still come along: the first always can. */
  hasRoomFor(body: object): boolean {
    return (
      this.#bodies.length === 0 ||
      (this.#bodies.length < BATCH_ITEMS_MAX && this.#bytes + bytesOf(body) <= BATCH_BYTES_MAX)
    );
  }

  add(body: object, line: number): void {
    this.#bodies.push(body);
    this.#lines.push(line);
    this.#bytes += bytesOf(body);
  }

  /** What it holds, and nothing of it any more. */
  take(): { readonly bodies: readonly object[]; readonly lines: readonly number[] } {
    const taken = { bodies: this.#bodies, lines: this.#lines };
    this.#bodies = [];
    this.#lines = [];
    this.#bytes = 0;
    return taken;
  }
}

/** With the comma between it and the next. */
function bytesOf(body: object): number {
  return new TextEncoder().encode(JSON.stringify(body)).length + 1;
}
