import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "./book-client.ts";

let app: TestApp;
let book: BookClient;

/** In the order of the tree. */
const paths = [
  "Assets",
  "Assets:Bank",
  "Assets:Bank:Checking",
  "Assets:Bank:Savings",
  "Assets:Bank Two",
  "Assets:Bank-Three",
  "Assets:Banking",
  "Assets:Z\u00fcrich",
  "Assets:bank",
  "Expenses:Food",
];

beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
  for (const path of paths.toReversed()) {
    await book.account(path, { type: path.startsWith("Assets") ? "asset" : "expense" });
  }
  const [savings] = (await book.get("/accounts?path=Assets:Bank:Savings")).body.items;
  await book.patch(`/accounts/${savings.id}`, { active: false, code: "S-1" });
  await (await createBookClient(app)).account("Assets:Another book's");
});
afterAll(() => app.close());

const pathsOf = (items: readonly { path: string }[]) => items.map(({ path }) => path);

test.each([1, 3, 200])(
  "pages of %d give every account of the book once, an account right before those below it",
  async (limit) => {
    expect(pathsOf(await book.all("/accounts", limit))).toEqual(paths);
  },
);

test.each([
  ["type=expense", ["Expenses:Food"]],
  ["active=false", ["Assets:Bank:Savings"]],
  ["active=true&under=Assets:Bank", ["Assets:Bank", "Assets:Bank:Checking"]],
  ["under=Assets:Bank", ["Assets:Bank", "Assets:Bank:Checking", "Assets:Bank:Savings"]],
  ["under=Expenses", ["Expenses:Food"]],
  ["under=Ass", []],
  ["code=S-1", ["Assets:Bank:Savings"]],
  ["path=Assets:Bank", ["Assets:Bank"]],
  ["path=Assets:Zu%CC%88rich", ["Assets:Z\u00fcrich"]],
  ["path=Assets:Bank&type=income", []],
])("the filter %s gives %p", async (query, expected) => {
  expect(pathsOf(await book.all(`/accounts?${query}`, 2))).toEqual(expected);
});

test("wildcards of SQL are ordinary characters in a filter", async () => {
  await book.account("Assets:100%");
  expect(pathsOf(await book.all("/accounts?under=Assets:1%25", 50))).toEqual([]);
  expect(pathsOf(await book.all("/accounts?under=Assets:100%25", 50))).toEqual(["Assets:100%"]);
});

test.each([
  "colour=red",
  "active=yes",
  "type=bank",
  "under=A::B",
  "limit=0",
  "limit=201",
  "closed_on=2026-01-01",
  "type=asset&type=income",
])("the query %s is refused", async (query) => {
  const { status, body } = await book.get(`/accounts?${query}`);
  expect([status, body.error_id]).toEqual([400, "VALIDATION_FAILED"]);
  expect(body.errors[0].pointer).toBe(`/query/${query.split("=")[0]}`);
});

test("a cursor of another list or of other filters is refused", async () => {
  const { next_cursor } = (await book.get("/accounts?limit=1")).body;
  expect((await book.get(`/accounts?limit=5&cursor=${next_cursor}`)).status).toBe(200);
  for (const path of [
    `/accounts?type=asset&cursor=${next_cursor}`,
    `/commodities?cursor=${next_cursor}`,
    "/accounts?cursor=x",
  ]) {
    const { status, body } = await book.get(path);
    expect([status, body.errors[0].pointer]).toEqual([400, "/query/cursor"]);
  }
});
