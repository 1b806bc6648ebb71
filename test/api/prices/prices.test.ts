import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  app.clock.current = new Date("2026-02-01T00:00:00.000Z");
  book = await createBookClient(app);
  for (const code of ["ACME", "MODEL"]) await book.post("/commodities", { code, places: 4 });
});
afterAll(() => app.close());

const fact = { commodity: "ACME", quote: "USD", date: "2026-01-31", price: "187.4400" };

test("a price is recorded, and read back with no zeros that say nothing", async () => {
  const { status, body } = await book.post("/prices", { ...fact, source: "exchange" });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    commodity: "ACME",
    quote: "USD",
    date: "2026-01-31",
    price: "187.44",
    source: "exchange",
    created_at: "2026-02-01T00:00:00.000Z",
  });
  app.clock.current = new Date("2026-02-01T00:01:00.000Z");
  const corrected = await book.post("/prices", { ...fact, price: "188" });
  expect([corrected.status, corrected.body]).toEqual([201, { ...body, price: "188", source: null }]);
  expect((await book.get("/prices?commodity=ACME&quote=USD")).body).toEqual({
    items: [corrected.body],
    next_cursor: null,
  });
});

test.each(["99999999999999999999.999999999999999999", "0.000000000000000001", "12345678901234567890"])(
  "the price %s is kept to the last digit",
  async (price) => {
    const { status, body } = await book.post("/prices", { ...fact, date: "2025-01-01", price });
    expect([status, body.price]).toEqual([201, price]);
  },
);

test.each([
  ["/price", { price: "0" }],
  ["/price", { price: "0.000" }],
  ["/price", { price: "-1" }],
  ["/price", { price: 1 }],
  ["/price", { price: "1e3" }],
  ["/price", { price: "100000000000000000000" }],
  ["/price", { price: "0.0000000000000000001" }],
  ["/quote", { quote: "ACME" }],
  ["/date", { date: "2026-02-30" }],
  ["/commodity", { commodity: "acme" }],
  ["/source", { source: " " }],
  ["/id", { id: "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10" }],
])("a price whose %s does not fit is refused there: %p", async (pointer, fields) => {
  const { status, body } = await book.post("/prices", { ...fact, ...fields });
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", pointer]);
});

test("both codes must be known, each unknown one named", async () => {
  const { status, body } = await book.post("/prices", { ...fact, commodity: "NOPE", quote: "NEITHER" });
  expect([status, body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
  expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(["/commodity", "/quote"]);
});

test("of prices recorded for one fact at the same time one stands, under one id", async () => {
  const told = ["1", "2", "3", "4", "5", "6"].map((price) => ({ ...fact, date: "2024-01-01", price }));
  const answers = await Promise.all(told.map((price) => book.post("/prices", price)));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  expect((await book.get("/prices?from=2024-01-01&to=2024-01-01")).body.items).toHaveLength(1);
});

test("a bulk records and corrects in the order of the request", async () => {
  const bulk = await createBookClient(app);
  const [before] = (await bulk.post("/prices/bulk", { prices: [{ ...fact, commodity: "EUR" }] })).body.items;
  const prices = ["GBP", "EUR", "CHF"].map((commodity, index) => ({ ...fact, commodity, price: `1.${index}5` }));
  const { status, body } = await bulk.post("/prices/bulk", { prices });
  expect([status, body.next_cursor]).toEqual([201, null]);
  expect(body.items.map(({ commodity, price }: { commodity: string; price: string }) => [commodity, price])).toEqual([
    ["GBP", "1.05"],
    ["EUR", "1.15"],
    ["CHF", "1.25"],
  ]);
  expect(body.items[1].id).toBe(before.id);
  expect(await bulk.all("/prices", 2)).toHaveLength(3);
});

test("a bulk takes 1,000 prices and not 1,001", async () => {
  const bulk = await createBookClient(app);
  const days = Array.from({ length: 1001 }, (_, day) =>
    new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10),
  );
  const prices = days.map((date) => ({ ...fact, commodity: "EUR", date }));
  expect((await bulk.post("/prices/bulk", { prices })).body.errors[0].pointer).toBe("/prices");
  expect((await bulk.post("/prices/bulk", { prices: [] })).body.errors[0].pointer).toBe("/prices");
  const { status, body } = await bulk.post("/prices/bulk", { prices: prices.slice(0, 1000) });
  expect([status, body.items.length]).toEqual([201, 1000]);
  expect((await bulk.all("/prices", 150)).map(({ date }) => date)).toEqual(days.slice(0, 1000).toReversed());
});

test("a bulk with any fault writes nothing and names the index", async () => {
  const bulk = await createBookClient(app);
  const eur = { ...fact, commodity: "EUR" };
  const repeated = await bulk.post("/prices/bulk", {
    prices: [eur, { ...eur, commodity: "GBP" }, { ...eur, price: "2" }],
  });
  expect([repeated.status, repeated.body.error_id, repeated.body.errors]).toEqual([
    400,
    "VALIDATION_FAILED",
    [{ pointer: "/prices/2", detail: "repeats the commodity, quote and date of /prices/0" }],
  ]);
  const unknown = await bulk.post("/prices/bulk", {
    prices: [eur, { ...eur, quote: "NOPE" }, { ...eur, commodity: "NOR" }],
  });
  expect([unknown.status, unknown.body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
  expect(unknown.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([
    "/prices/1/quote",
    "/prices/2/commodity",
  ]);
  expect((await bulk.get("/prices")).body.items).toEqual([]);
});

test("the list filters by commodity, quote and days, the last day included", async () => {
  const listed = await createBookClient(app);
  const told = ["EUR USD 2026-01-01", "EUR USD 2026-01-02", "EUR GBP 2026-01-02", "GBP USD 2026-01-03"];
  const prices = told.map((text) => {
    const [commodity, quote, date] = text.split(" ");
    return { commodity, quote, date, price: "1" };
  });
  await listed.post("/prices/bulk", { prices });
  const factsOf = async (query: string) =>
    (await listed.all(`/prices?${query}`, 1))
      .map(({ commodity, quote, date }) => `${commodity} ${quote} ${date}`)
      .sort();
  expect(await factsOf("commodity=EUR")).toEqual([told[2], told[0], told[1]].map(String));
  expect(await factsOf("quote=USD&from=2026-01-02")).toEqual([told[1], told[3]].map(String));
  expect(await factsOf("to=2026-01-02&from=2026-01-02")).toEqual([told[2], told[1]].map(String));
  expect((await listed.get("/prices?date=2026-01-01")).body.errors[0].pointer).toBe("/query/date");
});

test("a price is deleted once, and another book's is not found", async () => {
  const { body: price } = await book.post("/prices", { ...fact, date: "2023-01-01" });
  const another = await createBookClient(app);
  expect((await another.delete(`/prices/${price.id}`)).status).toBe(404);
  expect((await another.get("/prices/latest?commodity=ACME&quote=USD")).status).toBe(404);
  expect((await book.delete(`/prices/${price.id}`)).status).toBe(204);
  expect((await book.delete(`/prices/${price.id}`)).status).toBe(404);
});

test("the latest price asks for both codes and takes no other parameter", async () => {
  expect((await book.get("/prices/latest?commodity=ACME")).body.errors).toEqual([
    { pointer: "/query/quote", detail: "is required" },
  ]);
  expect((await book.get("/prices/latest?commodity=ACME&quote=USD&limit=1")).status).toBe(400);
});

const dayArbitrary = fc.integer({ min: 1, max: 28 }).map((day) => `2026-02-${String(day).padStart(2, "0")}`);
const priceArbitrary = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.stringMatching(/^[0-9]{1,18}$/));

test("after any records and corrections the latest price is that of the last day on or before the date", async () => {
  const told = new Map<string, string>();
  await fc.assert(
    fc.asyncProperty(dayArbitrary, priceArbitrary, dayArbitrary, async (day, [whole, places], date) => {
      const price = `${whole}.${places}`;
      const recorded = await book.post("/prices", { commodity: "MODEL", quote: "EUR", date: day, price });
      expect(recorded.status).toBe(201);
      told.set(day, price.replace(/\.?0+$/, ""));
      const expected = [...told]
        .filter(([other]) => other <= date)
        .sort()
        .at(-1);
      const { status, body } = await book.get(`/prices/latest?commodity=MODEL&quote=EUR&date=${date}`);
      expect(expected === undefined ? [status, body.error_id] : [status, body.date, body.price]).toEqual(
        expected === undefined ? [404, "NOT_FOUND"] : [200, ...expected],
      );
    }),
    { numRuns: 60 },
  );
  const [day = "", price = ""] = [...told].sort().at(-1) ?? [];
  expect((await book.get("/prices/latest?commodity=MODEL&quote=EUR")).body).toMatchObject({ date: day, price });
  expect((await book.get("/prices/latest?commodity=EUR&quote=MODEL")).status).toBe(404);
});

test("clients that record, correct and delete one price at once are all answered, one after another", async () => {
  const one = { commodity: "MODEL", quote: "USD", date: "2026-01-31" };
  for (let round = 0; round < 10; round += 1) {
    const { body } = await book.post("/prices", { ...one, price: "1" });
    const answers = await Promise.all([
      ...["2", "3", "4", "5"].map((price) => book.post("/prices", { ...one, price })),
      book.delete(`/prices/${body.id}`),
      ...["6", "7"].map((price) => book.post("/prices/bulk", { prices: [{ ...one, price }] })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 204, 201, 201]);
  }
});
