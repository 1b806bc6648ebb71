import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { SpanFile } from "./file-exporter.ts";

/**
 * A file on disk, made with its directory when it is first written to, for its owner alone. What is put aside is beside it, with
 * `.1` at the end of its name.
 */
export function createSpanFile(path: string): SpanFile {
  return {
    async append(lines) {
      await mkdir(dirname(path), { recursive: true });
      await using file = await open(path, "a", 0o600);
      await file.appendFile(lines);
      return (await file.stat()).size;
    },
    rotate: () => rename(path, `${path}.1`),
  };
}
