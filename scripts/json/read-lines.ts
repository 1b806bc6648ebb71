import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export interface Lines extends AsyncIterable<string> {
  /** Of the bytes that were read so far, in hexadecimal. */
  digest(): string;
}

/**
 * The lines of a file in UTF-8, without their ends; one line in memory at a time. Only a line feed ends one: JSON may have
 * the other line separators within its strings.
 * @throws TypeError for what is not UTF-8; whatever reading throws.
 */
export function readLines(file: string): Lines {
  const hash = createHash("sha256");
  return {
    digest: () => hash.copy().digest("hex"),
    async *[Symbol.asyncIterator]() {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      let rest = "";
      for await (const bytes of createReadStream(file)) {
        hash.update(bytes as Uint8Array);
        const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        yield* lines;
      }
      rest += decoder.decode();
      if (rest !== "") yield rest;
    },
  };
}
