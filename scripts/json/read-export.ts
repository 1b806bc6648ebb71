import type { z } from "zod";
import { type ExportRecord, headSchema, LIST_NAMES, type ListName, recordSchemas } from "./record-schemas.ts";

/** The file is no export of a book, or not all of one. */
export class ExportFault extends Error {
  override readonly name = "ExportFault";

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
  }
}

/**
 * The records of an exported book, in order, from its lines as the API writes them: the head, then each list between
 * `"name":[` and `],`, a record a line. It ends without a fault only at the end of a whole document.
 * @throws ExportFault
 */
export async function* readExport(lines: AsyncIterable<string>): AsyncGenerator<ExportRecord> {
  const reader = new LineReader(lines);
  const head = await reader.next("the head of an export");
  parse(headSchema, head.replace(/,$/, "}"), reader.line);
  for (const list of LIST_NAMES) {
    await reader.expect(`"${list}":[`);
    yield* readList(reader, list);
  }
  await reader.expect("}");
  await reader.expectEnd();
}

async function* readList(reader: LineReader, list: ListName): AsyncGenerator<ExportRecord> {
  const end = list === LIST_NAMES.at(-1) ? "]" : "],";
  for (let isLast = false; ; ) {
    const text = await reader.next(`a record of ${list}`);
    if (text === end) return;
    if (isLast) throw new ExportFault(reader.line, `expected ${end}`);
    isLast = !text.endsWith(",");
    const record = parse<unknown>(recordSchemas[list], isLast ? text : text.slice(0, -1), reader.line);
    // The schema is the list's own.
    yield { list, line: reader.line, record } as ExportRecord;
  }
}

class LineReader {
  readonly #lines: AsyncIterator<string>;
  line = 0;

  constructor(lines: AsyncIterable<string>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async next(what: string): Promise<string> {
    const next = await this.#lines.next();
    this.line += 1;
    if (next.done !== true) return next.value;
    throw new ExportFault(this.line, `the file ends where ${what} should be: it was cut off`);
  }

  async expect(text: string): Promise<void> {
    if ((await this.next(text)) !== text) throw new ExportFault(this.line, `expected ${text}`);
  }

  async expectEnd(): Promise<void> {
    const next = await this.#lines.next();
    if (next.done !== true) throw new ExportFault(this.line + 1, "something follows the end of the document");
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, line: number): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ExportFault(line, "is no JSON: the file is not as it was exported");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExportFault(line, `${issue?.path.join(".") || "the record"}: ${issue?.message}`);
}
