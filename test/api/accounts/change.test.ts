import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "./book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = createdAt;
  book = await createBookClient(app);
  await book.account("Equity:Opening", { type: "equity" });
});
afterAll(() => app.close());

const createdAt = new Date("2026-01-01T00:00:00.000Z");
const changedAt = new Date("2026-01-01T00:01:00.000Z");

async function accountBefore(path: string, fields: Readonly<Record<string, unknown>> = {}) {
  app.clock.current = createdAt;
  const account = await book.account(path, fields);
  app.clock.current = changedAt;
  return account;
}

test("a change sets what it names, leaves the rest, and moves updated_at", async () => {
  const account = await accountBefore("Assets:One", { code: "1", description: "first" });
  const { status, body } = await book.patch(`/accounts/${account.id}`, {
    code: "2",
    active: false,
    opened_on: "2020-02-02",
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    ...account,
    code: "2",
    active: false,
    opened_on: "2020-02-02",
    updated_at: changedAt.toISOString(),
  });
  expect((await book.get(`/accounts/${account.id}`)).body).toEqual(body);
});

test("null clears what may be absent", async () => {
  const fields = { code: "N", commodities: ["USD"], description: "d", cash_flow: "financing", opened_on: "2020-01-01" };
  const account = await accountBefore("Assets:Nullable", fields);
  const cleared = { code: null, commodities: null, description: null, cash_flow: null, opened_on: null };
  const { body } = await book.patch(`/accounts/${account.id}`, cleared);
  expect(body).toEqual({ ...account, ...cleared, updated_at: changedAt.toISOString() });
});

test("a change to what is there already writes nothing", async () => {
  const account = await accountBefore("Assets:Same", { code: "same", commodities: ["USD", "EUR"] });
  const { status, body } = await book.patch(`/accounts/${account.id}`, {
    path: "Assets:Same",
    code: "same",
    commodities: ["USD", "EUR"],
  });
  expect([status, body]).toEqual([200, account]);
});

test.each([
  ["", {}],
  ["/path", { path: null }],
  ["/path", { path: "Assets:" }],
  ["/active", { active: null }],
  ["/type", { type: "income" }],
  ["/closed_on", { closed_on: null }],
  ["/commodities", { commodities: [] }],
])("a change whose %p does not fit is refused there: %p", async (pointer, patch) => {
  const account = await accountBefore(`Assets:Refused for${JSON.stringify(patch).replace(/[^a-z]/g, "")}`);
  const { status, body } = await book.patch(`/accounts/${account.id}`, patch);
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", pointer]);
});

test("a code that another account has, or an unknown commodity, changes nothing", async () => {
  await book.account("Assets:Holder", { code: "held" });
  const account = await accountBefore("Assets:Wanting");
  const code = await book.patch(`/accounts/${account.id}`, { code: "held", description: "x" });
  expect([code.status, code.body.error_id]).toEqual([409, "ACCOUNT_CODE_TAKEN"]);
  const commodity = await book.patch(`/accounts/${account.id}`, { commodities: ["EUR", "NOPE"], description: "x" });
  expect([commodity.status, commodity.body.error_id, commodity.body.errors[0].pointer]).toEqual([
    422,
    "COMMODITY_UNKNOWN",
    "/commodities/1",
  ]);
  expect((await book.get(`/accounts/${account.id}`)).body).toEqual(account);
});

test("opened_on goes up to the first line and no further", async () => {
  const account = await accountBefore("Assets:Dated");
  await book.transfer({ date: "2026-01-10", debit: "Assets:Dated", credit: "Equity:Opening" });
  await book.transfer({ date: "2026-01-12", debit: "Assets:Dated", credit: "Equity:Opening" });
  const late = await book.patch(`/accounts/${account.id}`, { opened_on: "2026-01-11" });
  expect([late.status, late.body.error_id]).toEqual([409, "ACCOUNT_HAS_LINES"]);
  expect(late.body.detail).toBe("Assets:Dated has 1 line before 2026-01-11, the first on 2026-01-10.");
  expect((await book.patch(`/accounts/${account.id}`, { opened_on: "2026-01-10" })).body.opened_on).toBe("2026-01-10");
});

test("commodities cannot be narrowed past those of the lines", async () => {
  const account = await accountBefore("Assets:Mixed");
  await book.transfer({ date: "2026-01-10", debit: "Assets:Mixed", credit: "Equity:Opening" });
  await book.transfer({ date: "2026-01-11", debit: "Assets:Mixed", credit: "Equity:Opening", commodity: "EUR" });
  const narrow = await book.patch(`/accounts/${account.id}`, { commodities: ["USD", "JPY"] });
  expect([narrow.status, narrow.body.error_id]).toEqual([409, "ACCOUNT_HAS_LINES"]);
  expect(narrow.body.detail).toBe("Assets:Mixed has 1 line in other commodities than these, the last on 2026-01-11.");
  const wide = await book.patch(`/accounts/${account.id}`, { commodities: ["USD", "EUR"] });
  expect([wide.status, wide.body.commodities]).toEqual([200, ["USD", "EUR"]]);
});

test("an inactive account takes no lines, and takes them again once it is active", async () => {
  const account = await accountBefore("Assets:Sleeping");
  await book.patch(`/accounts/${account.id}`, { active: false });
  const refused = await book.transfer({ date: "2026-01-10", debit: "Assets:Sleeping", credit: "Equity:Opening" });
  expect([refused.status, refused.body.error_id]).toEqual([422, "ACCOUNT_INACTIVE"]);
  await book.patch(`/accounts/${account.id}`, { active: true });
  expect((await book.transfer({ date: "2026-01-10", debit: "Assets:Sleeping", credit: "Equity:Opening" })).status).toBe(
    201,
  );
});
