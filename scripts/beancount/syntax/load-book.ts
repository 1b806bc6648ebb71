import { readFile, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DatedDirective } from "./directives.ts";
import type { Fault, Unimported } from "./fault.ts";
import { type BookOptions, readOptions } from "./options.ts";
import { type IncludeLine, type ParsedFile, parseFile } from "./parse-file.ts";

const FILES_MAX = 1000;

/** A book as it is written: every file read, every directive in beancount's order, nothing booked yet. */
export interface Book {
  readonly file: string;
  /** By date; within a day openings, then balances, then the rest in the order of the files, closings last. */
  readonly directives: readonly DatedDirective[];
  readonly options: BookOptions;
  readonly unimported: readonly Unimported[];
  readonly faults: readonly Fault[];
}

/** Reads a book and what it includes by plain paths; a pattern in an include is a fault. A missing first file is thrown. */
export async function loadBook(file: string): Promise<Book> {
  const faults: Fault[] = [];
  const parsed: ParsedFile[] = [];
  const seen = new Set([await realpath(file)]);
  const queue = [{ path: file, text: await readFile(file, "utf8") }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const content = parseFile(next.path, next.text);
    parsed.push(content);
    faults.push(...content.faults);
    for (const include of content.includes) {
      const included = await readInclude(include, seen, faults);
      if (included) queue.push(included);
    }
  }
  return assembleBook(file, parsed, faults);
}

/** The book of one text, for which includes are faults. */
export function bookOfText(file: string, text: string): Book {
  const parsed = parseFile(file, text);
  const includes = parsed.includes.map((include) =>
    faultOf(include, "cannot be followed from a text without a folder"),
  );
  return assembleBook(file, [parsed], [...parsed.faults, ...includes]);
}

async function readInclude(
  include: IncludeLine,
  seen: Set<string>,
  faults: Fault[],
): Promise<{ path: string; text: string } | null> {
  if (/[*?[\]]/.test(include.path)) {
    faults.push(faultOf(include, "is a pattern: name each file"));
    return null;
  }
  const path = resolve(dirname(include.file), include.path);
  try {
    const real = await realpath(path);
    if (seen.has(real)) throw new Error("is included twice");
    if (seen.size >= FILES_MAX) throw new Error(`exceeds ${FILES_MAX} files`);
    seen.add(real);
    return { path, text: await readFile(path, "utf8") };
  } catch (error) {
    faults.push(faultOf(include, error instanceof Error ? error.message : String(error)));
    return null;
  }
}

function faultOf({ file, line, path }: IncludeLine, message: string): Fault {
  return { file, line, message: `include ${JSON.stringify(path)} ${message}` };
}

function assembleBook(file: string, parsed: readonly ParsedFile[], faults: Fault[]): Book {
  const [first, ...included] = parsed;
  const { options, ignored } = readOptions(first?.options ?? [], faults);
  const foreign = included.flatMap((content) => content.options);
  return {
    file,
    directives: parsed.flatMap((content) => content.directives).sort(inOrder),
    options,
    unimported: [
      ...parsed.flatMap((content) => content.unimported),
      ...[...ignored, ...foreign].map(({ name, ...at }) => ({ kind: `option ${name}`, file: at.file, line: at.line })),
    ],
    faults,
  };
}

/** beancount's order within a day. The sort is stable, so that equal ones keep the order of the files. */
const RANKS: Readonly<Record<string, number>> = { open: -2, balance: -1, close: 2 };

function inOrder(left: DatedDirective, right: DatedDirective): number {
  if (left.date !== right.date) return left.date < right.date ? -1 : 1;
  return rankOf(left) - rankOf(right);
}

function rankOf(directive: DatedDirective): number {
  return RANKS[directive.kind] ?? 0;
}
