import { afterAll, beforeAll, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createAccount } from "../../../src/modules/accounts/service.ts";
import { removeCommodity } from "../../../src/modules/commodities/service.ts";
import { recordPrice } from "../../../src/modules/prices/service.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient, overlap } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
let codes = 0;
beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
  await book.account("Assets:Shares");
  await book.account("Equity:Opening", { type: "equity" });
});
afterAll(() => app.close());

async function newCommodity(): Promise<string> {
  codes += 1;
  const code = `OWN${codes}`;
  const { status } = await book.post("/commodities", { code, places: 2 });
  expect(status).toBe(201);
  return code;
}

test("an unused commodity is deleted and unknown from then on", async () => {
  const code = await newCommodity();
  expect((await book.delete(`/commodities/${code}`)).status).toBe(204);
  expect((await book.get(`/commodities/${code}`)).status).toBe(404);
  expect((await book.delete(`/commodities/${code}`)).status).toBe(404);
  expect(
    (await book.post("/prices", { commodity: code, quote: "USD", date: "2026-01-01", price: "1" })).body.error_id,
  ).toBe("COMMODITY_UNKNOWN");
});

const shares = { date: "2026-01-10", debit: "Assets:Shares", credit: "Equity:Opening" };
const uses = {
  lines: (code: string) => book.transfer({ ...shares, commodity: code }),
  "lines, as the price of another": (code: string) =>
    book.transfer({ ...shares, price: { amount: "2", commodity: code } }),
  prices: (code: string) => book.post("/prices", { commodity: code, quote: "USD", date: "2026-01-01", price: "1" }),
  "prices, as the quote": (code: string) =>
    book.post("/prices", { commodity: "USD", quote: code, date: "2026-01-01", price: "1" }),
  accounts: (code: string) =>
    book.post("/accounts", { path: `Assets:Of ${code}`, type: "asset", commodities: ["USD", code] }),
};

test.each(Object.entries(uses))("a commodity in use by %s is not deleted", async (by, use) => {
  const code = await newCommodity();
  expect((await use(code)).status).toBe(201);
  const { status, body } = await book.delete(`/commodities/${code}`);
  expect([status, body.error_id]).toEqual([409, "COMMODITY_IN_USE"]);
  expect(body.detail).toBe(`${code} is in use by ${by.split(",")[0]} of the book.`);
  expect((await book.get(`/commodities/${code}`)).status).toBe(200);
});

test("another book's use does not count", async () => {
  const code = await newCommodity();
  const another = await createBookClient(app);
  await another.post("/commodities", { code, places: 2 });
  await another.post("/prices", { commodity: code, quote: "USD", date: "2026-01-01", price: "1" });
  expect((await book.delete(`/commodities/${code}`)).status).toBe(204);
});

test("a deletion that begins while a price is being recorded waits for it and is refused", async () => {
  const commodity = await newCommodity();
  const price = { id: uuidV7(), commodity, quote: "USD", date: "2026-01-01", price: "1" };
  const { second } = await overlap(app, book.bookId, {
    first: (tx) => recordPrice(tx, { bookId: book.bookId, now: new Date(), price }),
    second: () => book.delete(`/commodities/${commodity}`),
  });
  expect([second.status, second.body.error_id]).toEqual([409, "COMMODITY_IN_USE"]);
});

test("a deletion that begins while an account that lists the commodity is being created waits and is refused", async () => {
  const code = await newCommodity();
  const key = { bookId: book.bookId, accountId: uuidV7() };
  const rest = {
    type: "asset" as const,
    code: null,
    description: null,
    cashFlow: null,
    openedOn: null,
    now: new Date(),
  };
  const { second } = await overlap(app, book.bookId, {
    first: (tx) => createAccount(tx, { ...key, ...rest, path: `Assets:Listing ${code}`, commodities: [code] }),
    second: () => book.delete(`/commodities/${code}`),
  });
  expect([second.status, second.body.error_id]).toEqual([409, "COMMODITY_IN_USE"]);
});

test.each(["price", "account"])(
  "a %s that names a commodity while it is being deleted waits for that and is refused",
  async (kind) => {
    const code = await newCommodity();
    const { second } = await overlap(app, book.bookId, {
      first: (tx) => removeCommodity(tx, { bookId: book.bookId, code }),
      second: () => (kind === "price" ? uses.prices(code) : uses.accounts(code)),
    });
    expect([second.status, second.body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
  },
);
