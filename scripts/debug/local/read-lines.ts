import { createReadStream } from "node:fs";
import { DebugError } from "../outcome.ts";

/** A longer line is passed over without ever being held. */
export const LINE_BYTES_MAX = 2 * 1024 * 1024;

export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  /** Null where the line is too long. Bytes that are not UTF-8 are replaced. */
  readonly text: string | null;
  /** The last line of a file, without an end: it may still be being written. */
  readonly isOpen: boolean;
}

const chunkBytes = 1024 * 1024;
const lineFeed = 10;

/**
 * The lines of a file of any size, some at a time: no more than one chunk and one line is held.
 * @throws DebugError (usage) where the file cannot be read
 */
export async function* readLines(path: string): AsyncGenerator<readonly RawLine[]> {
  const splitter = createSplitter();
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }))
      yield splitter.add(chunk as Buffer);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new DebugError("usage", `cannot read ${path}: ${error.message}`);
  }
  yield splitter.end();
}

const joined = (parts: readonly Buffer[]): Buffer => (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));

function createSplitter() {
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const take = (part: Buffer): void => {
    // What is over the limit is counted and not kept.
    if (begunBytes + part.length <= LINE_BYTES_MAX) begun.push(part);
    begunBytes += part.length;
  };
  const finish = (isOpen: boolean): RawLine => {
    const text = begunBytes > LINE_BYTES_MAX ? null : joined(begun).toString("utf8");
    begun = [];
    begunBytes = 0;
    number += 1;
    return { number, text, isOpen };
  };
  return {
    add(chunk: Buffer): readonly RawLine[] {
      const lines: RawLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
        take(chunk.subarray(from, at));
        lines.push(finish(false));
        from = at + 1;
      }
      if (from < chunk.length) take(chunk.subarray(from));
      return lines;
    },
    end: (): readonly RawLine[] => (begunBytes > 0 ? [finish(true)] : []),
  };
}
