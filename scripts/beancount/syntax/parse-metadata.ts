import type { Metadata } from "./directives.ts";
import { BookError } from "./fault.ts";
import { parseMetadataValue } from "./parse-values.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Collects `key: value` lines; a key given twice is a fault, one that only pushmeta gave is overridden. */
export class MetadataCollector {
  readonly #values = new Map<string, string | boolean | null>();
  readonly #own = new Set<string>();

  constructor(pushed: ReadonlyMap<string, string | boolean | null> = new Map()) {
    for (const [key, value] of pushed) this.#values.set(key, value);
  }

  /** Reads the line when it is one of metadata. */
  accept(cursor: TokenCursor): boolean {
    const key = cursor.accept("key");
    if (!key) return false;
    const value = parseMetadataValue(cursor);
    cursor.expectEnd();
    if (this.#own.has(key.text)) throw new BookError(key.line, `the metadata key ${key.text} is given twice`);
    this.#own.add(key.text);
    this.#values.set(key.text, value);
    return true;
  }

  toMetadata(): Metadata {
    return Object.fromEntries(this.#values);
  }
}
