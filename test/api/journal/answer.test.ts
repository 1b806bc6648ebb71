import { afterAll, beforeAll, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";
import { withoutBalances } from "./ledger-book.ts";

let app: TestApp;
let book: BookClient;
const idOf = new Map<string, string>();

beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-01-01T00:00:00.000Z");
  book = await createBookClient(app);
  for (const [path, fields] of Object.entries({
    "Assets:Bank": {},
    "Equity:Opening": { type: "equity" },
    "Assets:Term": { opened_on: "2026-01-10" },
    "Assets:Euro": { commodities: ["EUR"] },
  })) {
    idOf.set(path, (await book.account(path, fields)).id);
  }
  await book.post(`/accounts/${idOf.get("Assets:Term")}/close`, { closed_on: "2026-01-20" });
  await book.post("/commodities", { code: "SEAT", places: 0 });
  await book.post("/commodities", { code: "COIN", places: 18 });
  await book.post("/commodities", { code: "ACME", places: 4 });
});
afterAll(() => app.close());

const line = (side: "debit" | "credit", fields: object = {}) => ({
  account_path: side === "debit" ? "Assets:Bank" : "Equity:Opening",
  side,
  amount: "1.00",
  commodity: "USD",
  ...fields,
});
/** A balanced entry; what is given goes over both lines, and over either. */
const entry = (both: object = {}, debit: object = {}, credit: object = {}) => ({
  date: "2026-01-15",
  lines: [line("debit", { ...both, ...debit }), line("credit", { ...both, ...credit })],
});
const post = (json: unknown) => book.post("/journal-entries", json);
const price = (amount: string, commodity: string) => ({ price: { amount, commodity } });
const priceOf = (source: string) => ({ price: { amount: "1.50", commodity: "USD", source } });
const byId = (path: string) => ({ account_path: undefined, account_id: idOf.get(path) });

const full = () => ({
  date: "2026-01-15",
  memo: "Lunch – 午餐 🍜",
  payee: "Müller & Söhne",
  tags: ["food", "food", "b"],
  links: ["invoice-1"],
  metadata: { "": undefined, n: 1.5e-7, big: 1e300, list: [null, true, { "a b": "\\\"'" }], text: "%_$1" },
  source: "statement 7",
  lines: [
    line("debit", { memo: "one", metadata: { k: -0 } }),
    line("debit", { ...byId("Assets:Euro"), commodity: "EUR", amount: "2", ...priceOf("the bank's note") }),
    line("credit", { amount: "4.00" }),
  ],
});

test("what is posted is what is read: an entry with every field, its lines in their order, whichever way accounts were named", async () => {
  const posted = await post(full());
  expect(posted.status).toBe(201);
  expect(posted.body).toEqual({
    ...JSON.parse(JSON.stringify(full())),
    id: expect.any(String),
    status: "posted",
    closing: false,
    voids: null,
    void_reason: null,
    voided_by: null,
    posted_at: "2026-01-01T00:00:00.000Z",
    created_at: "2026-01-01T00:00:00.000Z",
    created_by: book.userId,
    recorded: {
      at: "2026-01-01T00:00:00.000Z",
      by: book.userId,
      api_key_id: null,
      request_id: posted.headers.get("x-request-id"),
      trace_id: posted.headers.get("traceparent")?.split("-")[1],
    },
    balances: [
      ["Assets:Bank", "USD", "1.00"],
      ["Assets:Euro", "EUR", "2.00"],
      ["Equity:Opening", "USD", "-4.00"],
    ].map(([account_path = "", commodity, balance]) => ({
      account_id: idOf.get(account_path),
      account_path,
      commodity,
      balance,
    })),
    lines: [
      {
        position: 0,
        account_id: idOf.get("Assets:Bank"),
        account_path: "Assets:Bank",
        side: "debit",
        amount: "1.00",
        commodity: "USD",
        price: null,
        weight: { amount: "1.00", commodity: "USD" },
        memo: "one",
        metadata: { k: 0 },
        rounding: false,
      },
      expect.objectContaining({
        position: 1,
        account_path: "Assets:Euro",
        amount: "2.00",
        price: { amount: "1.5", commodity: "USD", source: "the bank's note" },
        weight: { amount: "3.00", commodity: "USD" },
      }),
      expect.objectContaining({ position: 2, account_path: "Equity:Opening", memo: null, metadata: {} }),
    ],
  });
  expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(withoutBalances(posted.body));
  expect((await book.get("/journal-entries?limit=1&q=午餐")).body.items).toEqual([withoutBalances(posted.body)]);
});

test("what is posted is what is read: an entry with nothing but what it must have", async () => {
  const posted = await post(entry());
  expect(posted.body).toMatchObject({ memo: null, payee: null, tags: [], links: [], metadata: {}, source: null });
  expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(withoutBalances(posted.body));
});

test("what is posted is what is read: 200 lines", async () => {
  const lines = Array.from({ length: 200 }, (_, at) => line(at % 2 === 0 ? "debit" : "credit"));
  const posted = await post({ date: "2026-01-15", lines });
  expect(posted.status).toBe(201);
  expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(withoutBalances(posted.body));
});

test("what is posted is what is read: a product of the finest amount and the finest price, to its 36th place", async () => {
  const amount = "99999999999999999999.999999999999999999";
  const posted = await post(entry({ commodity: "COIN", amount, ...price(amount, "USD") }));
  const weight = "9999999999999999999999999999999999999800.000000000000000000000000000000000001";
  expect(posted.body.lines[0].weight).toEqual({ amount: weight, commodity: "USD" });
  expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(withoutBalances(posted.body));
});

test("what is posted is what is read: a share's cost with an explicit remainder", async () => {
  const posted = await post({
    date: "2026-01-15",
    lines: [
      line("debit", { commodity: "ACME", amount: "0.3333", ...price("9.999", "USD") }),
      line("debit", { amount: "0.0073333", rounding: true }),
      line("credit", { amount: "3.34" }),
    ],
  });
  expect(posted.status).toBe(201);
  expect(posted.body.lines.map((each: { amount: string }) => each.amount)).toEqual(["0.3333", "0.0073333", "3.34"]);
  expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(withoutBalances(posted.body));
});

test.each([
  ["SEAT", "3"],
  ["COIN", "0.000000000000000001"],
  ["ACME", "1.2345"],
  ["USD", "0"],
  ["KWD", "0.001"],
])("takes %s %s, within the commodity's places", async (commodity, amount) => {
  expect((await post(entry({ commodity, amount }))).status).toBe(201);
});

test.each(["2026-01-10", "2026-01-20"])(
  "takes an entry of %s, an edge of the days on which the account is open",
  async (date) => {
    expect((await post({ ...entry({}, { account_path: "Assets:Term" }), date })).status).toBe(201);
  },
);

test("an entry that the book does not have is a 404", async () => {
  const { status, body } = await book.get(`/journal-entries/${uuidV7()}`);
  expect([status, body.error_id]).toEqual([404, "NOT_FOUND"]);
});
