import { parseArgs } from "node:util";

export const USAGE = `Imports a beancount book into a book of the API, and checks its balance assertions there.

  bun run scripts/import-beancount.ts FILE --url URL [--book ID] [--append]
  bun run scripts/import-beancount.ts FILE --dry-run

  --url URL      where the API stands, such as http://127.0.0.1:3000
  --api-key KEY  a key with the scope write. Better: the variable FOOTING_API_KEY, which other users of the machine do not see
  --book ID      the book; needless with an API key, which is bound to one
  --append       import even though the book has entries of other origin
  --dry-run      parse, book and plan, and send nothing
  --help         this text

Run again, the same file completes what an earlier run began and adds nothing twice: for 30 days, with the same API key
(or user). With another key, or later, the book's entries look like another file's: --append would add them again.

Exit status: 0 when everything was imported, every assertion holds and the totals agree; 1 when not; 2 for wrong usage.
`;

export interface ImportCommand {
  readonly kind: "import";
  readonly file: string;
  readonly url: URL;
  readonly apiKey: string;
  readonly bookId: string | null;
  readonly append: boolean;
}

export type Command =
  | ImportCommand
  | { readonly kind: "dry-run"; readonly file: string }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads the command line; pure. */
export function parseCommand(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  try {
    return parseStrictly(args, env);
  } catch (error) {
    if (error instanceof Error) return { kind: "wrong", message: error.message };
    throw error;
  }
}

function parseStrictly(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: "string" },
      "api-key": { type: "string" },
      book: { type: "string" },
      append: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return { kind: "help" };
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) return { kind: "wrong", message: "name one file" };
  if (values["dry-run"]) return { kind: "dry-run", file };
  const apiKey = values["api-key"] ?? env["FOOTING_API_KEY"] ?? "";
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return { kind: "wrong", message: "set FOOTING_API_KEY, or give --api-key" };
  const url = values.url === undefined ? null : URL.parse(values.url);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    return { kind: "wrong", message: "give --url, such as http://127.0.0.1:3000" };
  }
  if (values.book !== undefined && !/^[0-9a-f-]{36}$/i.test(values.book)) {
    return { kind: "wrong", message: "--book is a book's id, a UUID" };
  }
  return { kind: "import", file, url, apiKey, bookId: values.book?.toLowerCase() ?? null, append: values.append };
}
