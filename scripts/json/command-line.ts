import { parseArgs } from "node:util";

export const USAGE = `Imports a book that was exported as JSON into an empty book of the API.

  bun run scripts/import-json.ts FILE --url URL [--book ID]

  --url URL   where the API stands, such as http://127.0.0.1:3000
  --book ID   the book; needless with an API key, which is bound to one
  --help      this text

The variable FOOTING_API_KEY has a key with the scopes read and write.

The file is read through before anything is sent: one that was cut off is refused. Run again, the same file completes what
an earlier run began and adds nothing twice: for 30 days, with the same API key (or user).

Exit status: 0 when everything was imported; 1 when not; 2 for wrong usage.
`;

export interface ImportCommand {
  readonly kind: "import";
  readonly file: string;
  readonly url: URL;
  readonly apiKey: string;
  readonly bookId: string | null;
}

export type Command = ImportCommand | { readonly kind: "help" } | { readonly kind: "wrong"; readonly message: string };

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
      book: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return { kind: "help" };
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) return { kind: "wrong", message: "name one file" };
  const apiKey = env["FOOTING_API_KEY"] ?? "";
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return { kind: "wrong", message: "set FOOTING_API_KEY" };
  const url = values.url === undefined ? null : URL.parse(values.url);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    return { kind: "wrong", message: "give --url, such as http://127.0.0.1:3000" };
  }
  if (values.book !== undefined && !/^[0-9a-f-]{36}$/i.test(values.book)) {
    return { kind: "wrong", message: "--book is a book's id, a UUID" };
  }
  return { kind: "import", file, url, apiKey, bookId: values.book?.toLowerCase() ?? null };
}
