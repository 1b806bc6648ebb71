import { startApi } from "../../test/support/api-process.ts";
import type { TestDatabase } from "../../test/support/database.ts";

const accountCount = 1000;

interface Book {
  readonly id: string;
  readonly accountIds: readonly string[];
}

const accountPath = (number: number) => `Assets:Account ${number}`;
const random = (below: number) => Math.floor(Math.random() * below);

/** A process of the API with a user's books in it, and the requests that post to them. */
export async function startFooting(database: TestDatabase, cwd: string) {
  const api = await startApi({
    cwd,
    env: {
      DATABASE_URL: database.apiUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      ENVIRONMENT: "production",
      SECRET_KEY: "0123456789abcdef0123456789abcdef0123456789abcdef",
      ACCESS_TOKEN_TTL_SECONDS: "86400",
      API_RATE_LIMIT_REQUESTS: "1000000000",
    },
  });
  // Its request lines leave it, and nobody reads them.
  for (const stream of [api.child.stdout, api.child.stderr]) stream?.removeAllListeners("data").resume();
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  async function send<Body>(path: string, body: unknown): Promise<Body> {
    const response = await fetch(`${api.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }
  const { access_token } = await send<{ access_token: string }>("/auth/register", {
    email: "bench@example.com",
    password: "correct horse battery staple",
  });
  headers["Authorization"] = `Bearer ${access_token}`;

  async function makeBook(accounts: number): Promise<Book> {
    const { id } = await send<{ id: string }>("/books", { name: "Bench" });
    const accountIds: string[] = [];
    for (let number = 0; number < accounts; number += 1) {
      const account = await send<{ id: string }>(`/books/${id}/accounts`, { path: accountPath(number), type: "asset" });
      accountIds.push(account.id);
    }
    return { id, accountIds };
  }

  const [large] = await Promise.all([makeBook(accountCount)]);
  const small: Book[] = [];
  for (let number = 0; number < 100; number += 1) small.push(await makeBook(10));

  const { host } = new URL(api.url);
  const encoder = new TextEncoder();
  function request(path: string, body: unknown): Uint8Array {
    const json = JSON.stringify(body);
    return encoder.encode(
      `POST /api/v1${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${access_token}\r\n` +
        `Content-Type: application/json\r\nIdempotency-Key: ${crypto.randomUUID()}\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
    );
  }
  const entry = (debit: string, credit: string) => ({
    date: "2026-01-31",
    memo: "Posted",
    lines: [
      { account_id: debit, side: "debit", amount: "12.50", commodity: "USD" },
      { account_id: credit, side: "credit", amount: "12.50", commodity: "USD" },
    ],
  });
  function randomEntry({ accountIds }: Book) {
    const debit = random(accountIds.length);
    const credit = (debit + 1 + random(accountIds.length - 1)) % accountIds.length;
    return entry(accountIds[debit] ?? "", accountIds[credit] ?? "");
  }
  return {
    url: api.url,
    pid: api.child.pid,
    /** One entry between two accounts at random: of 1,000 in one book, or of 10 in each of many. */
    randomPair: (books: 1 | 100) => () => {
      const book = books === 1 ? large : (small[random(small.length)] ?? large);
      return request(`/books/${book.id}/journal-entries`, randomEntry(book));
    },
    /** One entry of which one side is always the same account. */
    hotAccount: () => () => {
      const [hot = "", ...others] = large.accountIds;
      return request(`/books/${large.id}/journal-entries`, entry(hot, others[random(others.length)] ?? ""));
    },
    bulk: () => () => {
      const entries = Array.from({ length: 100 }, () => randomEntry(large));
      return request(`/books/${large.id}/journal-entries/bulk`, { entries });
    },
    stop: () => api.end("SIGTERM"),
  };
}
