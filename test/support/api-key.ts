import { v7 as uuidV7 } from "uuid";

export interface ImportKey {
  /** An API key with the scopes read and write. */
  readonly key: string;
  readonly bookId: string;
  /** Of the book's owner. */
  readonly token: string;
}

/** Registers a user with an API over HTTP, and makes a key to the user's book. */
export async function createImportKey(url: string): Promise<ImportKey> {
  const user = { email: `user-${uuidV7()}@example.com`, password: "correct horse battery staple" };
  const session = (await create(`${url}/api/v1/auth/register`, user)) as { book: { id: string }; access_token: string };
  const owner = { bookId: session.book.id, token: session.access_token };
  return { ...owner, key: await createFurtherKey(url, owner) };
}

/** Makes another key to the same book. */
export async function createFurtherKey(url: string, owner: Omit<ImportKey, "key">): Promise<string> {
  const body = { name: "import", scopes: ["read", "write"] };
  const made = await create(`${url}/api/v1/books/${owner.bookId}/api-keys`, body, owner.token);
  return (made as { key: string }).key;
}

async function create(url: string, body: unknown, token = ""): Promise<unknown> {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`POST ${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
