import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { scaled } from "../../domain/scaled-bigint.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import {
  accountPaths,
  createLedgerBook,
  dates,
  entries,
  type LedgerBook,
  type PostedEntry,
  searches,
} from "./ledger-book.ts";

let app: TestApp;
let book: LedgerBook;
let posted: PostedEntry[];
beforeAll(async () => {
  app = await createTestApp();
  book = await createLedgerBook(app);
  posted = await book.postAll(fc.sample(entries, { numRuns: 150, seed: 20261123 }), true);
});
afterAll(() => app.close());

const newestFirst = (left: PostedEntry, right: PostedEntry) =>
  left.date === right.date ? (left.id < right.id ? 1 : -1) : left.date < right.date ? 1 : -1;

interface Filter {
  readonly account_id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly status?: string;
  readonly commodity?: string;
  readonly amount_min?: string;
  readonly amount_max?: string;
  readonly q?: string;
  readonly tag?: string;
}

/** The filters as they are documented. */
function matches(entry: PostedEntry, filter: Filter): boolean {
  const { account_id, commodity, amount_min, amount_max } = filter;
  const line = entry.lines.some(
    (each) =>
      (account_id === undefined || each.account_id === account_id) &&
      (commodity === undefined || each.commodity === commodity) &&
      (amount_min === undefined || scaled(each.amount) >= scaled(amount_min)) &&
      (amount_max === undefined || scaled(each.amount) <= scaled(amount_max)),
  );
  const found = (text: string | undefined) => (text ?? "").toLowerCase().includes((filter.q ?? "").toLowerCase());
  return (
    line &&
    (filter.from === undefined || entry.date >= filter.from) &&
    (filter.to === undefined || entry.date <= filter.to) &&
    (filter.status === undefined || filter.status === "posted") &&
    (filter.tag === undefined || entry.tags.includes(filter.tag)) &&
    (filter.q === undefined || found(entry.memo) || found(entry.payee))
  );
}

const pathOf = (filter: object) => `/journal-entries?${new URLSearchParams(filter as Record<string, string>)}`;

const oneFilter = (): Record<keyof Filter, fc.Arbitrary<string>> => ({
  account_id: fc.constantFrom(...book.accountIds.values()),
  from: fc.constantFrom(...dates, "2024-01-02"),
  to: fc.constantFrom(...dates, "2024-02-27"),
  status: fc.constantFrom("posted", "posted", "draft", "voided"),
  commodity: fc.constantFrom("USD", "JPY", "KWD", "ACME", "SEAT", "EUR"),
  amount_min: fc.constantFrom("0", "0.0001", "10", "100.5", "39999"),
  amount_max: fc.constantFrom("0", "0.00012345", "50", "399.99", "20000"),
  q: searches,
  tag: fc.constantFrom("food", "Food", "trip 1", "trip"),
});

async function assertListed(filter: Filter, limit: number): Promise<void> {
  const listed = await book.all(pathOf(filter), limit);
  const expected = posted.filter((entry) => matches(entry, filter)).sort(newestFirst);
  expect(listed.map((entry) => entry.id)).toEqual(expected.map((entry) => entry.id));
  expect(listed).toEqual(expected);
}

test("without filters the list has every entry as it was posted, newest first", async () => {
  await assertListed({}, 200);
  await assertListed({}, 7);
});

test("each filter alone lists what a reference filter keeps", async () => {
  for (const [name, values] of Object.entries(oneFilter())) {
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom(20, 200), (value, limit) => assertListed({ [name]: value }, limit)),
      { numRuns: 12, interruptAfterTimeLimit: 20_000 },
    );
  }
}, 60_000);

test("filters together list what a reference filter keeps, on pages of any size", async () => {
  const filters = fc.record(oneFilter(), { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 1, max: 200 }), (filter, limit) => assertListed(filter, limit)),
    { numRuns: 150, interruptAfterTimeLimit: 40_000 },
  );
}, 60_000);

test("the filters of a line mean one and the same line", async () => {
  const lineOf = (account_path: string, side: string, amount: string) => ({
    account_path,
    side,
    amount,
    commodity: "USD",
  });
  const other = await createLedgerBook(app);
  await other.post("/journal-entries", {
    date: "2024-01-01",
    lines: [
      lineOf("Income", "credit", "5.00"),
      lineOf("Assets", "debit", "2.00"),
      lineOf("Assets:Bank", "debit", "3.00"),
    ],
  });
  const count = async (filter: object) => (await other.get(pathOf(filter))).body.items.length;
  const account_id = other.accountIds.get("Assets");
  expect(await count({ account_id, amount_min: "2", amount_max: "2" })).toBe(1);
  expect(await count({ account_id, amount_min: "3" })).toBe(0);
  expect(await count({ amount_min: "2.5", amount_max: "2.9" })).toBe(0);
});

test("pages lose and repeat nothing while entries are added before, behind and on the same day", async () => {
  const changing = await createLedgerBook(app);
  const first = await changing.postAll(fc.sample(entries, { numRuns: 40, seed: 7 }), true);
  for (const filter of [{}, { account_id: String(changing.accountIds.get(accountPaths[1] ?? "")) }]) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await changing.get(pathOf({ ...filter, limit: "3", ...(cursor === null ? {} : { cursor }) }));
      seen.push(...body.items.map((item: PostedEntry) => item.id));
      cursor = body.next_cursor;
      const at = body.items.at(-1)?.date ?? "2024-01-01";
      const added = fc.sample(entries, { numRuns: 3, seed: seen.length });
      await changing.postAll(
        added.map((entry, index) => ({ ...entry, date: ["1999-12-31", at, "2031-07-07"][index] ?? at })),
        true,
      );
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    const expected = first.filter((entry) => matches(entry, filter)).sort(newestFirst);
    const ids = new Set(expected.map((entry) => entry.id));
    expect(seen.filter((id) => ids.has(id))).toEqual(expected.map((entry) => entry.id));
  }
});

test("a cursor goes with the filters that it was made for, and with any limit", async () => {
  const { body } = await book.get("/journal-entries?from=2000-01-01&limit=2");
  const cursor = body.next_cursor;
  expect((await book.get(`/journal-entries?from=2000-01-01&limit=9&cursor=${cursor}`)).status).toBe(200);
  for (const filters of ["", "from=2000-01-02&", "from=2000-01-01&tag=food&"]) {
    const answer = await book.get(`/journal-entries?${filters}cursor=${cursor}`);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, "/query/cursor"]);
  }
  const elsewhere = `/accounts/${book.accountIds.get("Assets")}/register?from=2000-01-01&cursor=${cursor}`;
  expect((await book.get(elsewhere)).status).toBe(400);
});

test.each([
  ["account", "x", "/query/account"],
  ["account_id", "Assets", "/query/account_id"],
  ["from", "2024-02-30", "/query/from"],
  ["to", "2024-1-1", "/query/to"],
  ["status", "open", "/query/status"],
  ["commodity", "usd", "/query/commodity"],
  ["amount_min", "-1", "/query/amount_min"],
  ["amount_max", "1e3", "/query/amount_max"],
  ["q", "", "/query/q"],
  ["q", "a\0b", "/query/q"],
  ["tag", " x", "/query/tag"],
  ["limit", "201", "/query/limit"],
  ["limit", "0", "/query/limit"],
  ["cursor", "bm8", "/query/cursor"],
])("a query with %s=%j is a 400 that points at it", async (name, value, pointer) => {
  const { status, body } = await book.get(pathOf({ [name]: value }));
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", pointer]);
});
