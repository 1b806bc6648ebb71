import { afterAll, beforeAll, expect, test } from "bun:test";
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
  "an unknown field": { json: () => ({ ...entry(), balance: "1" }), pointer: "/balance" },
  "a status that no new entry has": { json: () => ({ ...entry(), status: "voided" }), pointer: "/status" },
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

test("a JSON number for money is refused with the reason, wherever an amount may stand", async () => {
  const price = { commodity: "EUR", quote: "USD", date: "2026-01-31", price: 1.1 };
  const requests = {
    "/lines/0/amount": { path: "journal-entries", json: entry({}, { amount: 12.5 }) },
    "/lines/0/price/amount": { path: "journal-entries", json: entry({}, { price: { amount: 2, commodity: "EUR" } }) },
    "/entries/0/lines/0/amount": { path: "journal-entries/bulk", json: { entries: [entry({}, { amount: 0 })] } },
    "/price": { path: "prices", json: price },
  };
  for (const [pointer, { path, json }] of Object.entries(requests)) {
    const { status, body } = await book.post(`/${path}`, json);
    expect([status, body.error_id]).toEqual([400, "VALIDATION_FAILED"]);
    expect(body.errors).toEqual([{ pointer, detail: expect.stringContaining("floating point") }]);
  }
});
