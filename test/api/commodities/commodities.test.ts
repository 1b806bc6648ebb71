import { afterAll, beforeAll, expect, test } from "bun:test";
import { listCurrencies } from "../../../src/domain/currency.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
});
afterAll(() => app.close());

test.each([
  ["JPY", "Yen", 0],
  ["USD", "US Dollar", 2],
  ["KWD", "Kuwaiti Dinar", 3],
])("%s of ISO 4217 is there without being created", async (code, name, places) => {
  const { status, body } = await book.get(`/commodities/${code}`);
  expect([status, body]).toEqual([200, { code, name, places, iso4217: true }]);
});

test.each([
  { code: "ACME", name: "Acme Inc.", places: 4 },
  { code: "V", name: null, places: 18 },
  { code: "DEM", name: "Deutsche Mark", places: 2 },
  { code: "A'B._-9", name: null, places: 0 },
])("a commodity of the book's own is created and read back: %p", async (commodity) => {
  const { name, ...rest } = commodity;
  const created = await book.post("/commodities", name === null ? rest : commodity);
  expect([created.status, created.body]).toEqual([201, { ...commodity, iso4217: false }]);
  const read = await book.get(`/commodities/${encodeURIComponent(commodity.code)}`);
  expect([read.status, read.body]).toEqual([200, created.body]);
});

test("a code that ISO 4217 or the book has cannot be created, in another book it can", async () => {
  await book.post("/commodities", { code: "TWICE", places: 2 });
  for (const code of ["USD", "XAU", "TWICE"]) {
    const { status, body } = await book.post("/commodities", { code, places: 2 });
    expect([status, body.error_id]).toEqual([409, "COMMODITY_EXISTS"]);
  }
  const another = await createBookClient(app);
  expect((await another.get("/commodities/TWICE")).status).toBe(404);
  expect((await another.post("/commodities", { code: "TWICE", places: 3 })).status).toBe(201);
});

test.each([
  ["/code", { code: "acme" }],
  ["/code", { code: "ACME-" }],
  ["/code", { code: "A".repeat(25) }],
  ["/places", { places: 19 }],
  ["/places", { places: -1 }],
  ["/places", { places: 1.5 }],
  ["/places", { places: "2" }],
  ["/name", { name: "" }],
  ["/iso4217", { iso4217: false }],
])("a commodity whose %s does not fit is refused there: %p", async (pointer, fields) => {
  const { status, body } = await book.post("/commodities", { code: "FAULTY", places: 2, ...fields });
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([400, "VALIDATION_FAILED", pointer]);
  expect((await book.get("/commodities/FAULTY")).status).toBe(404);
});

test("only the name changes, null clears it", async () => {
  await book.post("/commodities", { code: "NAMED", name: "first", places: 3 });
  for (const name of ["second", null]) {
    const { status, body } = await book.patch("/commodities/NAMED", { name });
    expect([status, body]).toEqual([200, { code: "NAMED", name, places: 3, iso4217: false }]);
    expect((await book.get("/commodities/NAMED")).body).toEqual(body);
  }
  for (const patch of [{}, { places: 2 }, { name: "x", code: "Y" }]) {
    expect((await book.patch("/commodities/NAMED", patch)).status).toBe(400);
  }
});

test("a currency of ISO 4217 is neither renamed nor deleted, an unknown code is not found", async () => {
  for (const { status, body } of [
    await book.patch("/commodities/USD", { name: "Buck" }),
    await book.delete("/commodities/USD"),
  ]) {
    expect([status, body.error_id]).toEqual([409, "COMMODITY_EXISTS"]);
  }
  const answers = [
    await book.get("/commodities/NOPE"),
    await book.patch("/commodities/NOPE", { name: "x" }),
    await book.delete("/commodities/NOPE"),
  ];
  for (const { status, body } of answers) expect([status, body.error_id]).toEqual([404, "NOT_FOUND"]);
});

test.each([7, 200])(
  "pages of %d merge ISO 4217's and the book's own by code, each once; the filter parts them",
  async (limit) => {
    const mixed = await createBookClient(app);
    const own = ["AAA", "AAB", "USD-2", "USDA", "X.Y", "ZZZ", "ZZZZ"];
    for (const code of own.toReversed()) await mixed.post("/commodities", { code, places: 2 });
    const iso = listCurrencies().map(({ code }) => code);
    const codesOf = async (path: string) => (await mixed.all(path, limit)).map(({ code }) => code);
    expect(await codesOf("/commodities")).toEqual([...iso, ...own].sort());
    expect(await codesOf("/commodities?iso4217=true")).toEqual(iso.toSorted());
    expect(await codesOf("/commodities?iso4217=false")).toEqual(own.toSorted());
  },
);

test.each(["iso4217=1", "code=USD", "limit=999"])("the query %s is refused", async (query) => {
  const { status, body } = await book.get(`/commodities?${query}`);
  expect([status, body.errors[0].pointer]).toEqual([400, `/query/${query.split("=")[0]}`]);
});
