import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";
import { withoutBalances } from "./ledger-book.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
  await book.account("Assets:Bank");
  await book.account("Equity:Opening", { type: "equity" });
});
afterAll(() => app.close());

const entry = (number: number, debit: object = {}, credit: object = {}) => ({
  date: "2026-01-15",
  memo: `entry ${number}`,
  lines: [
    { account_path: "Assets:Bank", side: "debit", amount: "1.00", commodity: "USD", ...debit },
    { account_path: "Equity:Opening", side: "credit", amount: "1.00", commodity: "USD", ...credit },
  ],
});
const entries = (count: number) => Array.from({ length: count }, (_, number) => entry(number));
const bulk = (list: readonly unknown[]) => book.post("/journal-entries/bulk", { entries: list });
const bankBalance = async () => {
  const [account] = (await book.get("/accounts?path=Assets:Bank")).body.items;
  return (await book.get(`/accounts/${account.id}/balance`)).body.balances[0]?.balance ?? "0";
};

test("posts 1,000 entries in the order of the request", async () => {
  const before = Number(await bankBalance());
  const { status, body } = await bulk(entries(1000));
  expect(status).toBe(201);
  expect(body.next_cursor).toBeNull();
  expect(body.items.map((item: { memo: string }) => item.memo)).toEqual(entries(1000).map(({ memo }) => memo));
  const listed = await book.all("/journal-entries", 200);
  const byId = new Map(listed.map((item) => [item.id, item]));
  expect(body.items.map((item: { id: string }) => byId.get(item.id))).toEqual(body.items.map(withoutBalances));
  expect(Number(await bankBalance())).toBe(before + 1000);
});

test("lists every fault of every entry by index, whoever finds it, and posts none", async () => {
  const before = await bankBalance();
  const list: unknown[] = entries(1000);
  list[3] = entry(3, { account_path: "Assets:Missing" });
  list[4] = entry(4, { amount: "2.00" });
  list[500] = entry(500, { amount: "1.001" }, { amount: "1.001", account_path: "Assets:Gone" });
  list[999] = entry(999, { commodity: "NOPE" });
  const { status, body } = await bulk(list);
  expect([status, body.error_id]).toEqual([422, "ACCOUNT_UNKNOWN"]);
  expect(body.errors.map((fault: Record<string, string>) => [fault["pointer"], fault["error_id"]])).toEqual([
    ["/entries/3/lines/0/account_path", "ACCOUNT_UNKNOWN"],
    ["/entries/4/lines", "ENTRY_UNBALANCED"],
    ["/entries/500/lines/0/amount", "AMOUNT_TOO_PRECISE"],
    ["/entries/500/lines/1/account_path", "ACCOUNT_UNKNOWN"],
    ["/entries/500/lines/1/amount", "AMOUNT_TOO_PRECISE"],
    ["/entries/999/lines/0/commodity", "COMMODITY_UNKNOWN"],
    ["/entries/999/lines", "ENTRY_UNBALANCED"],
    ["/entries/999/lines", "ENTRY_UNBALANCED"],
  ]);
  expect(await bankBalance()).toBe(before);
});

test("an answer lists 5,000 faults and no more", async () => {
  const line = { account_path: "A", side: "debit", amount: "1", commodity: "NOPE" };
  const crowded = { date: "2026-01-15", lines: Array.from({ length: 200 }, () => line) };
  const { status, body } = await bulk(Array.from({ length: 26 }, () => crowded));
  expect([status, body.errors.length]).toEqual([422, 5000]);
});

test("one bad shape among many is a 400 by index", async () => {
  const list: unknown[] = entries(20);
  list[7] = entry(7, { side: "left" });
  const { status, body } = await bulk(list);
  expect([status, body.errors[0].pointer]).toEqual([400, "/entries/7/lines/0/side"]);
});

test.each([0, 1001])("%d entries are a 400", async (count) => {
  const { status, body } = await bulk(entries(count));
  expect([status, body.errors[0].pointer]).toEqual([400, "/entries"]);
});
