/** A book on an API over HTTP: filled, exported, and looked at as a reader does who knows no ids. */
import { writeFile } from "node:fs/promises";
import { createImportKey, type ImportKey } from "../../support/api-key.ts";
import { type HostileBook, ownCommodities } from "./hostile-book.ts";

export interface RemoteBook extends ImportKey {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carried, and says itself what it expects.
  send(method: string, path: string, json?: unknown): Promise<any>;
  text(format: "json" | "beancount"): Promise<string>;
}

export async function openBook(url: string): Promise<RemoteBook> {
  const key = await createImportKey(url);
  const headers = { Authorization: `Bearer ${key.key}`, "Content-Type": "application/json", "If-Match": "*" };
  const base = `${url}/api/v1/books/${key.bookId}`;
  return {
    ...key,
    async send(method, path, json) {
      const body = json === undefined ? null : JSON.stringify(json);
      const response = await fetch(`${base}${path}`, { method, headers, body });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${method} ${path} ${body} answered ${JSON.stringify(answer)}`);
      return answer;
    },
    async text(format) {
      const response = await fetch(`${base}/export?format=${format}`, { headers });
      if (!response.ok) throw new Error(await response.text());
      return response.text();
    },
  };
}

export async function fillBook(book: RemoteBook, { accounts, entries, prices }: HostileBook): Promise<void> {
  for (const [code, places] of Object.entries(ownCommodities)) {
    await book.send("POST", "/commodities", { code, places, name: `the "${code}"` });
  }
  const made = [];
  for (const { closed_on, active, ...account } of accounts) {
    made.push({ ...(await book.send("POST", "/accounts", account)), closing: closed_on, isActive: active });
  }
  if (prices.length > 0) await book.send("POST", "/prices/bulk", { prices });
  for (const { draft, voidReason, ...entry } of entries) {
    const { id } = await book.send("POST", "/journal-entries", draft ? { ...entry, status: "draft" } : entry);
    if (voidReason === null) continue;
    const date = entry.date < "2024-01-01" ? "2024-02-29" : entry.date;
    await book.send("POST", `/journal-entries/${id}/void`, { date, reason: voidReason });
  }
  for (const { id, closing, isActive } of made) {
    if (closing !== undefined) await book.send("POST", `/accounts/${id}/close`, { closed_on: closing });
    if (!isActive) await book.send("PATCH", `/accounts/${id}`, { active: false });
  }
}

/** Everything that reports say, by names alone. */
export async function reportsOf(book: RemoteBook) {
  const accounts = await listAll(book, "/accounts");
  const perAccount = [];
  for (const { id, path } of accounts) {
    const { balances } = await book.send("GET", `/accounts/${id}/balance`);
    perAccount.push({ path, balances, register: await listAll(book, `/accounts/${id}/register`) });
  }
  const statements: Record<string, unknown> = {};
  for (const report of [
    "trial-balance?total_in=USD",
    "balance-sheet?as_of=2024-02-29&total_in=USD",
    "income-statement?since=2024-01-01",
    "cash-flow?since=2024-01-01",
  ]) {
    const { knowledge: _, ...statement } = await book.send("GET", `/reports/${report}`);
    statements[report] = statement;
  }
  const prices = (await listAll(book, "/prices")).map((price) => JSON.stringify(withoutIds(price))).toSorted();
  return withoutIds({
    accounts,
    commodities: await listAll(book, "/commodities?iso4217=false"),
    perAccount,
    statements,
    prices,
  });
}

async function listAll(book: RemoteBook, path: string) {
  const items = [];
  const query = `${path}${path.includes("?") ? "&" : "?"}limit=200`;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: { id: string; path: string }[]; next_cursor: string | null } = await book.send(
      "GET",
      cursor === "" ? query : `${query}&cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

/** Names of fields that differ from one book to the next. Those that link entries are kept, as numbers of first mention. */
const ownFields = /^(?:account_id|entry_id|created_at|updated_at|posted_at|created_by|recorded|at|knowledge|closed)$/;

/** A value without what only one book has: ids become their order of first mention, times and people go. */
export function withoutIds<T>(value: T): T {
  const known = new Map<string, string>();
  const ownId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const strip = (part: unknown, isOwn: boolean): unknown => {
    if (typeof part === "string" && ownId.test(part) && isOwn) {
      if (!known.has(part)) known.set(part, `#${known.size}`);
      return known.get(part);
    }
    if (Array.isArray(part)) return part.map((item) => strip(item, isOwn));
    if (part === null || typeof part !== "object") return part;
    const fields = Object.entries(part).filter(([name]) => !(isOwn && ownFields.test(name)));
    return Object.fromEntries(fields.map(([name, field]) => [name, strip(field, isOwn && name !== "metadata")]));
  };
  return strip(value, true) as T;
}

export async function saveExport(book: RemoteBook, format: "json" | "beancount", file: string): Promise<string> {
  const text = await book.text(format);
  await writeFile(file, text);
  return text;
}
