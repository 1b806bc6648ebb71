import type { z } from "zod";
import type { ApiClient, Written } from "../client/api-client.ts";
import { ApiRefusedError } from "../client/api-errors.ts";
import { ImportStoppedError } from "../client/find-book.ts";
import type { Counts, ImportProgress, Kind } from "./import-progress.ts";

export interface BookWriterOptions {
  readonly client: ApiClient;
  readonly bookId: string;
  /** Of the file: keys are made of it, so that every run of the same file has the same ones. */
  readonly digest: string;
  readonly totals: Counts;
  readonly progress: ImportProgress;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/** A write of the import, and where its content stands in the file. */
export interface BookWrite {
  readonly kind: Kind;
  /** Below the book. */
  readonly path: string;
  readonly body: unknown;
  readonly lines: readonly number[];
  readonly method?: "post" | "patch";
}

/** Writes to the book, each write under a key of the file and of its ordinal among those of its kind; counts what is confirmed. */
export class BookWriter {
  readonly #options: BookWriterOptions;
  readonly #ordinals = new Map<Kind, number>();

  constructor(options: BookWriterOptions) {
    this.#options = options;
  }

  /** @throws ImportStoppedError when the write is refused, naming the lines of the file. */
  async write<T>(write: BookWrite, schema: z.ZodType<T>): Promise<T> {
    const { client, bookId, digest, totals, progress, onProgress } = this.#options;
    const { kind, method = "post", body, lines } = write;
    const ordinal = (this.#ordinals.get(kind) ?? 0) + 1;
    this.#ordinals.set(kind, ordinal);
    const keyed = { path: `/books/${bookId}${write.path}`, key: keyOf(digest, kind, ordinal), body };
    const { answer, isReplay }: Written<T> = await this.#placed(lines, () => client[method](keyed, schema));
    progress[isReplay ? "replayed" : "imported"][kind] += lines.length;
    onProgress(kind, progress.imported[kind] + progress.replayed[kind], totals[kind]);
    return answer;
  }

  async #placed<T>(lines: readonly number[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ApiRefusedError)) throw error;
      const faults = (error.problem.errors ?? []).map(({ pointer = "", detail = "" }) => {
        const index = Number(/^\/(?:entries|prices)\/(\d+)/.exec(pointer)?.[1] ?? 0);
        return `line ${lines[index] ?? lines[0]}: ${pointer} ${detail}`;
      });
      throw new ImportStoppedError([`line ${lines[0]}: ${error.message}`, ...faults]);
    }
  }
}

/** The key of the `ordinal`th write of a kind, from 1. */
export function keyOf(digest: string, kind: Kind, ordinal: number): string {
  return `json-${digest}-${kind.replace(" ", "-")}-${ordinal}`;
}
