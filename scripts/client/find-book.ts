import type { ApiClient } from "./api-client.ts";
import { meSchema } from "./api-schemas.ts";

/** The import cannot begin, or cannot go on, for reasons that are told; each is one line. */
export class ImportStoppedError extends Error {
  override readonly name = "ImportStoppedError";
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.reasons = reasons;
  }
}

/**
 * The id of the book to import into: the one that the key is bound to, which `wanted` must not contradict; with an access
 * token `wanted`, or the only book that the user has.
 */
export async function findBookId(client: ApiClient, wanted: string | null): Promise<string> {
  const { api_key: key, books } = await client.get("/auth/me", meSchema);
  if (key) {
    if (!key.scopes.includes("write")) throw new ImportStoppedError(["the API key lacks the scope write"]);
    if (wanted === null || wanted === key.book_id) return key.book_id;
    throw new ImportStoppedError([`the API key belongs to the book ${key.book_id}, not to ${wanted}`]);
  }
  if (wanted !== null) return wanted;
  const [only, second] = books;
  if (only && !second) return only.id;
  throw new ImportStoppedError(["say which book with --book:", ...books.map(({ id, name }) => `  ${id} ${name}`)]);
}
