import { afterAll, beforeAll, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { createLedgerBook, type LedgerBook } from "../journal/ledger-book.ts";

let app: TestApp;
let book: LedgerBook;
let bank: string;
const huge = "9".repeat(20);
beforeAll(async () => {
  app = await createTestApp();
  book = await createLedgerBook(app);
  bank = `/accounts/${book.accountIds.get("Assets:Bank")}`;
  const line = (account_path: string, side: "debit" | "credit") => ({
    account_path,
    side,
    amount: huge,
    commodity: "JPY",
  });
  const entry = { date: "2024-02-29", tags: [], lines: [line("Assets:Bank", "debit"), line("Income", "credit")] };
  await book.postAll([entry, entry, entry, { ...entry, date: "2024-03-01" }], true);
});
afterAll(() => app.close());

test("sums go beyond the digits of an amount, exactly", async () => {
  const { body } = await book.get(`${bank}/balance`);
  const sum = String(4n * BigInt(huge));
  expect(body.balances).toEqual([{ commodity: "JPY", debit: sum, credit: "0", balance: sum }]);
  const trial = (await book.get("/reports/trial-balance")).body;
  expect(trial.totals).toEqual([{ commodity: "JPY", debit: sum, credit: sum }]);
  expect(trial.items.map((row: { path: string; balance: string }) => [row.path, row.balance])).toEqual([
    ["Assets:Bank", sum],
    ["Income", `-${sum}`],
  ]);
});

test("a balance includes its day and nothing later", async () => {
  const at = async (date: string) => (await book.get(`${bank}/balance?as_of=${date}`)).body.balances[0]?.balance;
  expect(await at("2024-02-28")).toBeUndefined();
  expect(await at("2024-02-29")).toBe(String(3n * BigInt(huge)));
  expect(await at("2024-03-01")).toBe(String(4n * BigInt(huge)));
});

test("an account without lines has no balances, no register and no row in the trial balance", async () => {
  const idle = `/accounts/${book.accountIds.get("Assets:Banking")}`;
  expect((await book.get(`${idle}/balance`)).body.balances).toEqual([]);
  expect((await book.get(`${idle}/register`)).body).toMatchObject({ items: [], next_cursor: null });
});

test.each(["balance", "register"])("the %s of an account that the book does not have is a 404", async (what) => {
  const { status, body } = await book.get(`/accounts/${uuidV7()}/${what}`);
  expect([status, body.error_id]).toEqual([404, "NOT_FOUND"]);
});

test.each([
  ["/balance?on=2024-01-01", "/query/on"],
  ["/balance?as_of=2024-02-30", "/query/as_of"],
  ["/balance?descendants=yes", "/query/descendants"],
  ["/register?until=2024-01-01", "/query/until"],
  ["/register?commodity=usd", "/query/commodity"],
])("%s is a 400 that points at the parameter", async (query, pointer) => {
  const { status, body } = await book.get(`${bank}${query}`);
  expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
});

test("a register's cursor is bound to its account and filters, and a forged one is a 400", async () => {
  const { body } = await book.get(`${bank}/register?limit=1`);
  const cursor: string = body.next_cursor;
  const other = `/accounts/${book.accountIds.get("Income")}`;
  for (const path of [`${other}/register?`, `${bank}/register?commodity=JPY&`]) {
    const answer = await book.get(`${path}cursor=${cursor}`);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, "/query/cursor"]);
  }
  const [version, scope, [date, id]] = JSON.parse(Buffer.from(cursor, "base64url").toString());
  for (const position of [2 ** 40, 32_768, -1, 0.5, "0"]) {
    const forged = Buffer.from(JSON.stringify([version, scope, [date, id, position]])).toString("base64url");
    expect((await book.get(`${bank}/register?limit=1&cursor=${forged}`)).status).toBe(400);
  }
});
