import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "./book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-03-04T05:06:07.089Z");
  book = await createBookClient(app);
});
afterAll(() => app.close());

test("a created account is answered whole, and read back the same", async () => {
  const created = await book.post("/accounts", {
    path: "Assets:Bank:Checking",
    type: "asset",
    code: "1200",
    commodities: ["USD", "JPY"],
    description: "The one for daily use",
    cash_flow: "cash",
    opened_on: "2020-01-01",
  });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    path: "Assets:Bank:Checking",
    type: "asset",
    code: "1200",
    commodities: ["USD", "JPY"],
    description: "The one for daily use",
    cash_flow: "cash",
    active: true,
    opened_on: "2020-01-01",
    closed_on: null,
    created_at: "2026-03-04T05:06:07.089Z",
    updated_at: "2026-03-04T05:06:07.089Z",
  });
  const read = await book.get(`/accounts/${created.body.id}`);
  expect(read.status).toBe(200);
  expect(read.body).toEqual(created.body);
});

test("what is not given is null, and the accounts above need not exist", async () => {
  const { code, commodities, description, cash_flow, opened_on } = await book.account("Income:Deep:Down", {
    type: "income",
  });
  expect({ code, commodities, description, cash_flow, opened_on }).toEqual({
    code: null,
    commodities: null,
    description: null,
    cash_flow: null,
    opened_on: null,
  });
});

test("a path is stored in normalisation form C, so that paths that look alike are alike", async () => {
  const { path } = await book.account("Assets:Cafe\u0301");
  expect(path).toBe("Assets:Caf\u00e9");
  const twin = await book.post("/accounts", { path: "Assets:Caf\u00e9", type: "asset" });
  expect([twin.status, twin.body.error_id]).toEqual([409, "ACCOUNT_PATH_TAKEN"]);
});

test("a path and a code are unique within the book, not across books", async () => {
  await book.account("Assets:Unique", { code: "U1" });
  const path = await book.post("/accounts", { path: "Assets:Unique", type: "liability" });
  expect([path.status, path.body.error_id]).toEqual([409, "ACCOUNT_PATH_TAKEN"]);
  const code = await book.post("/accounts", { path: "Assets:Other", type: "asset", code: "U1" });
  expect([code.status, code.body.error_id]).toEqual([409, "ACCOUNT_CODE_TAKEN"]);
  const another = await createBookClient(app);
  await another.account("Assets:Unique", { code: "U1" });
});

test("of accounts created with one path at the same time, one stands", async () => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => book.post("/accounts", { path: "Assets:Contested", type: "asset" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
});

test("commodities must be current ISO 4217 codes or the book's own, each unknown one named", async () => {
  await book.post("/commodities", { code: "ACME", places: 4 });
  await book.account("Assets:Shares", { commodities: ["ACME", "USD"] });
  const { status, body } = await book.post("/accounts", {
    path: "Assets:Unknown",
    type: "asset",
    commodities: ["USD", "NOPE", "ACME", "DEM"],
  });
  expect([status, body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
  expect(body.errors).toEqual([
    { pointer: "/commodities/1", detail: "the book has no commodity NOPE", error_id: "COMMODITY_UNKNOWN" },
    { pointer: "/commodities/3", detail: "the book has no commodity DEM", error_id: "COMMODITY_UNKNOWN" },
  ]);
  expect((await book.get("/accounts?path=Assets:Unknown")).body.items).toEqual([]);
});

test.each([
  ["/path", { path: "Assets::Bank" }],
  ["/path", { path: "" }],
  ["/path", { path: undefined }],
  ["/type", { type: "bank" }],
  ["/code", { code: " 1" }],
  ["/code", { code: "x".repeat(51) }],
  ["/cash_flow", { cash_flow: "liquid" }],
  ["/description", { description: "two\nlines" }],
  ["/commodities", { commodities: [] }],
  ["/commodities", { commodities: ["USD", "USD"] }],
  ["/commodities/0", { commodities: ["usd"] }],
  ["/opened_on", { opened_on: "2026-02-29" }],
  ["/closed_on", { closed_on: "2026-02-28" }],
  ["/active", { active: false }],
])("a request whose %s does not fit is refused there: %p", async (pointer, fields) => {
  const { status, body } = await book.post("/accounts", { path: "Assets:Faulty", type: "asset", ...fields });
  expect([status, body.error_id]).toEqual([400, "VALIDATION_FAILED"]);
  expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
});

test("another book's account answers as a missing one does, to every verb", async () => {
  const account = await (await createBookClient(app)).account("Assets:Theirs");
  for (const id of [account.id, "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10"]) {
    const answers = [
      await book.get(`/accounts/${id}`),
      await book.patch(`/accounts/${id}`, { active: false }),
      await book.patch(`/accounts/${id}`, { path: "Assets:Mine" }),
      await book.post(`/accounts/${id}/close`, { closed_on: "2026-01-01" }),
      await book.delete(`/accounts/${id}`),
    ];
    for (const { status, body } of answers) {
      expect([status, body.error_id, body.detail]).toEqual([404, "NOT_FOUND", "There is no such account."]);
    }
  }
});
