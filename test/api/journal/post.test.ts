import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

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
    "Assets:Idle": {},
    "Assets:Euro": { commodities: ["EUR"] },
  })) {
    idOf.set(path, (await book.account(path, fields)).id);
  }
  await book.post(`/accounts/${idOf.get("Assets:Term")}/close`, { closed_on: "2026-01-20" });
  await book.patch(`/accounts/${idOf.get("Assets:Idle")}`, { active: false });
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
const countEntries = async () => (await book.all("/journal-entries", 200)).length;

const price = (amount: string, commodity: string) => ({ price: { amount, commodity } });
const byId = (path: string) => ({ account_path: undefined, account_id: idOf.get(path) });

const refused: Record<string, { json: () => object; faults: [error_id: string, pointer: string][] }> = {
  "with unequal sides": {
    json: () => entry({}, { amount: "1.01" }),
    faults: [["ENTRY_UNBALANCED", "/lines"]],
  },
  "that balances over all commodities and in none": {
    json: () => entry({}, { commodity: "EUR" }),
    faults: [
      ["ENTRY_UNBALANCED", "/lines"],
      ["ENTRY_UNBALANCED", "/lines"],
    ],
  },
  "that balances in amounts and not in weights": {
    json: () => entry({ commodity: "ACME", amount: "1" }, price("2", "USD"), price("2.000000000000000001", "USD")),
    faults: [["ENTRY_UNBALANCED", "/lines"]],
  },
  "with cents of yen": {
    json: () => entry({ commodity: "JPY", amount: "100.00" }),
    faults: [
      ["AMOUNT_TOO_PRECISE", "/lines/0/amount"],
      ["AMOUNT_TOO_PRECISE", "/lines/1/amount"],
    ],
  },
  "with parts of a commodity that has no places": {
    json: () => entry({ commodity: "SEAT", amount: "1.0" }),
    faults: [
      ["AMOUNT_TOO_PRECISE", "/lines/0/amount"],
      ["AMOUNT_TOO_PRECISE", "/lines/1/amount"],
    ],
  },
  "with a rounding line of a whole minor unit": {
    json: () => entry({ amount: "0.01" }, { rounding: true }),
    faults: [["ROUNDING_LINE_INVALID", "/lines/0/amount"]],
  },
  "with a rounding line of a whole unit of the book's own": {
    json: () => entry({ commodity: "ACME", amount: "0.0001" }, { rounding: true }),
    faults: [["ROUNDING_LINE_INVALID", "/lines/0/amount"]],
  },
  "with a rounding line of the smallest part of 18 places": {
    json: () => entry({ commodity: "COIN", amount: "0.000000000000000001" }, { rounding: true }),
    faults: [["ROUNDING_LINE_INVALID", "/lines/0/amount"]],
  },
  "with a price on a rounding line": {
    json: () => entry({ amount: "0.001", rounding: true }, price("1", "EUR"), price("1", "EUR")),
    faults: [
      ["ROUNDING_LINE_INVALID", "/lines/0/price"],
      ["ROUNDING_LINE_INVALID", "/lines/1/price"],
    ],
  },
  "with a path that no account has": {
    json: () => entry({}, { account_path: "Assets:Missing" }),
    faults: [["ACCOUNT_UNKNOWN", "/lines/0/account_path"]],
  },
  "with an id that no account has": {
    json: () => entry({}, { account_path: undefined, account_id: uuidV7() }),
    faults: [["ACCOUNT_UNKNOWN", "/lines/0/account_id"]],
  },
  "on an inactive account": {
    json: () => entry({}, {}, byId("Assets:Idle")),
    faults: [["ACCOUNT_INACTIVE", "/lines/1/account_id"]],
  },
  "the day before an account opens": {
    json: () => ({ ...entry({}, { account_path: "Assets:Term" }), date: "2026-01-09" }),
    faults: [["ACCOUNT_NOT_OPEN", "/lines/0/account_path"]],
  },
  "the day after an account closed": {
    json: () => ({ ...entry({}, { account_path: "Assets:Term" }), date: "2026-01-21" }),
    faults: [["ACCOUNT_NOT_OPEN", "/lines/0/account_path"]],
  },
  "in a commodity that nobody knows": {
    json: () => entry({ commodity: "NOPE" }),
    faults: [
      ["COMMODITY_UNKNOWN", "/lines/0/commodity"],
      ["COMMODITY_UNKNOWN", "/lines/1/commodity"],
    ],
  },
  "with a price in a commodity that nobody knows": {
    json: () => entry(price("2", "NOPE")),
    faults: [
      ["COMMODITY_UNKNOWN", "/lines/0/price/commodity"],
      ["COMMODITY_UNKNOWN", "/lines/1/price/commodity"],
    ],
  },
  "in a commodity that the account does not take": {
    json: () => entry({}, { account_path: "Assets:Euro" }),
    faults: [["COMMODITY_NOT_PERMITTED", "/lines/0/commodity"]],
  },
  "with every fault of every line": {
    json: () => ({
      date: "2026-01-09",
      lines: [
        line("debit", { account_path: "Assets:Term", amount: "1.001", ...price("1", "NOPE") }),
        line("credit", { account_path: "Assets:Missing", commodity: "NADA", amount: "7" }),
      ],
    }),
    faults: [
      ["ACCOUNT_NOT_OPEN", "/lines/0/account_path"],
      ["AMOUNT_TOO_PRECISE", "/lines/0/amount"],
      ["COMMODITY_UNKNOWN", "/lines/0/price/commodity"],
      ["ACCOUNT_UNKNOWN", "/lines/1/account_path"],
      ["COMMODITY_UNKNOWN", "/lines/1/commodity"],
      ["ENTRY_UNBALANCED", "/lines"],
      ["ENTRY_UNBALANCED", "/lines"],
    ],
  },
};

test.each(Object.entries(refused))("refuses an entry %s, writing nothing", async (_, { json, faults }) => {
  const before = await countEntries();
  const { status, body } = await post(json());
  expect(status).toBe(422);
  expect(body.errors.map((fault: Record<string, string>) => [fault["error_id"], fault["pointer"]])).toEqual(faults);
  expect(body.error_id).toBe(faults[0]?.[0]);
  expect(body.detail).toBe(`${faults[0]?.[1]}: ${body.errors[0].detail}`);
  expect(await countEntries()).toBe(before);
});

test("an imbalance is told per commodity with the difference", async () => {
  const { body } = await post(entry({}, { amount: "0.30" }, { amount: "0.10" }));
  expect(body.errors[0].detail).toBe("USD: debits 0.3, credits 0.1, difference 0.2");
});

test("a rounding line that is too large is told the commodity's own minor unit", async () => {
  const { body } = await post(entry({ commodity: "ACME", amount: "1", rounding: true }));
  expect(body.errors[0].detail).toContain("in decimal place 4 of ACME");
});

const malformed: Record<string, { json: () => object; pointer: string }> = {
  "both names of an account": {
    json: () => entry({}, { account_id: idOf.get("Assets:Bank") }),
    pointer: "/lines/0/account_id",
  },
  "no name of an account": { json: () => entry({}, { account_path: undefined }), pointer: "/lines/0/account_id" },
  "one line": { json: () => ({ ...entry(), lines: [line("debit", { amount: "0" })] }), pointer: "/lines" },
  "201 lines": {
    json: () => ({ ...entry(), lines: Array.from({ length: 201 }, () => line("debit", { amount: "0" })) }),
    pointer: "/lines",
  },
  "an unknown field": { json: () => ({ ...entry(), status: "draft" }), pointer: "/status" },
  "an unknown field of a line": { json: () => entry({}, { weight: "1" }), pointer: "/lines/0/weight" },
  "a day that does not exist": { json: () => ({ ...entry(), date: "2026-02-29" }), pointer: "/date" },
  "a number for an amount": { json: () => entry({}, { amount: 1 }), pointer: "/lines/0/amount" },
  "a negative amount": { json: () => entry({}, { amount: "-1" }), pointer: "/lines/0/amount" },
  "an amount of 21 digits": { json: () => entry({}, { amount: "1".repeat(21) }), pointer: "/lines/0/amount" },
  "an amount of 19 places": { json: () => entry({}, { amount: `0.${"1".repeat(19)}` }), pointer: "/lines/0/amount" },
  "a price of nothing": { json: () => entry({}, price("0.00", "EUR")), pointer: "/lines/0/price/amount" },
  "a price in the line's own commodity": {
    json: () => entry({}, price("1", "USD")),
    pointer: "/lines/0/price/commodity",
  },
  "a control character": { json: () => ({ ...entry(), memo: "a\tb" }), pointer: "/memo" },
  "metadata beyond 8 KiB": { json: () => ({ ...entry(), metadata: { a: "x".repeat(8192) } }), pointer: "/metadata" },
};

test.each(Object.entries(malformed))("an entry with %s is a 400 that points at it", async (_, { json, pointer }) => {
  const { status, body } = await post(json());
  expect([status, body.error_id]).toEqual([400, "VALIDATION_FAILED"]);
  expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
});

describe("what is posted is what is read", () => {
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
      line("debit", { ...byId("Assets:Euro"), commodity: "EUR", amount: "2", ...price("1.50", "USD") }),
      line("credit", { amount: "4.00" }),
    ],
  });

  test("an entry with every field, its lines in their order, whichever way accounts were named", async () => {
    const posted = await post(full());
    expect(posted.status).toBe(201);
    expect(posted.body).toEqual({
      ...JSON.parse(JSON.stringify(full())),
      id: expect.any(String),
      status: "posted",
      posted_at: "2026-01-01T00:00:00.000Z",
      created_at: "2026-01-01T00:00:00.000Z",
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
          price: { amount: "1.5", commodity: "USD" },
          weight: { amount: "3.00", commodity: "USD" },
        }),
        expect.objectContaining({ position: 2, account_path: "Equity:Opening", memo: null, metadata: {} }),
      ],
    });
    expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(posted.body);
    expect((await book.get("/journal-entries?limit=1&q=午餐")).body.items).toEqual([posted.body]);
  });

  test("an entry with nothing but what it must have", async () => {
    const posted = await post(entry());
    expect(posted.body).toMatchObject({ memo: null, payee: null, tags: [], links: [], metadata: {}, source: null });
    expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(posted.body);
  });

  test("200 lines", async () => {
    const lines = Array.from({ length: 200 }, (_, at) => line(at % 2 === 0 ? "debit" : "credit"));
    const posted = await post({ date: "2026-01-15", lines });
    expect(posted.status).toBe(201);
    expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(posted.body);
  });

  test("a product of the finest amount and the finest price, to its 36th place", async () => {
    const amount = "99999999999999999999.999999999999999999";
    const posted = await post(entry({ commodity: "COIN", amount, ...price(amount, "USD") }));
    const weight = "9999999999999999999999999999999999999800.000000000000000000000000000000000001";
    expect(posted.body.lines[0].weight).toEqual({ amount: weight, commodity: "USD" });
    expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(posted.body);
  });

  test("a share's cost with an explicit remainder", async () => {
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
    expect((await book.get(`/journal-entries/${posted.body.id}`)).body).toEqual(posted.body);
  });

  test.each([
    ["SEAT", "3"],
    ["COIN", "0.000000000000000001"],
    ["ACME", "1.2345"],
    ["USD", "0"],
    ["KWD", "0.001"],
  ])("%s %s, within the commodity's places", async (commodity, amount) => {
    expect((await post(entry({ commodity, amount }))).status).toBe(201);
  });

  test.each(["2026-01-10", "2026-01-20"])("%s, an edge of the days on which the account is open", async (date) => {
    expect((await post({ ...entry({}, { account_path: "Assets:Term" }), date })).status).toBe(201);
  });
});

test("an entry that the book does not have is a 404", async () => {
  const { status, body } = await book.get(`/journal-entries/${uuidV7()}`);
  expect([status, body.error_id]).toEqual([404, "NOT_FOUND"]);
});
