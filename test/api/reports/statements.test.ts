import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { type BookClient, createBookClient } from "../accounts/book-client.ts";

let app: TestApp;
let book: BookClient;
const ids = new Map<string, string>();

beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
  const accounts: [string, string, object?][] = [
    ["Assets:Bank", "asset", { cash_flow: "cash" }],
    ["Assets:Broker", "asset"],
    ["Liabilities:Loan", "liability"],
    ["Equity:Earnings", "equity"],
    ["Income:Sales", "income"],
    ["Expenses:Rent", "expense"],
  ];
  for (const [path, type, fields] of accounts) ids.set(path, (await book.account(path, { type, ...fields })).id);
  await book.post("/commodities", { code: "ACME", places: 0 });
  const post = async (
    date: string,
    debit: string,
    credit: string,
    amount: string,
    rest: object = {},
    price?: object,
  ) => {
    const line = { amount, commodity: price === undefined ? "USD" : "ACME", ...(price === undefined ? {} : { price }) };
    const paid = price === undefined ? { amount, commodity: "USD" } : { amount: "100.00", commodity: "USD" };
    const lines = [
      { account_path: debit, side: "debit", ...line },
      { account_path: credit, side: "credit", ...paid },
    ];
    const { status, body } = await book.post("/journal-entries", { date, lines, ...rest });
    if (status !== 201) throw new Error(JSON.stringify(body));
  };
  await post("2024-01-01", "Assets:Bank", "Liabilities:Loan", "500.00");
  await post("2024-02-01", "Assets:Bank", "Income:Sales", "300.00");
  await post("2024-02-02", "Expenses:Rent", "Assets:Bank", "120.50");
  await post("2024-02-03", "Assets:Broker", "Assets:Bank", "4", {}, { amount: "25", commodity: "USD" });
  await post("2024-02-29", "Income:Sales", "Equity:Earnings", "300.00", { closing: true });
  await post("2024-02-29", "Equity:Earnings", "Expenses:Rent", "120.50", { closing: true });
  await book.post("/prices", { commodity: "ACME", quote: "USD", date: "2024-02-15", price: "30.5", source: "NYSE" });
});
afterAll(() => app.close());

const row = (path: string, type: string, commodity: string, amount: string, value: string | null = amount) => ({
  account_id: ids.get(path),
  path,
  type,
  commodity,
  amount,
  value,
});
const usd = (amount: string) => ({ totals: [{ commodity: "USD", amount }], total: amount });
const nothing = { totals: [], total: "0.00" };
const head = {
  known_at: null,
  knowledge: expect.stringMatching(/^kn_/),
  total_in: "USD",
  prices: [{ commodity: "ACME", quote: "USD", date: "2024-02-15", price: "30.5", source: "NYSE" }],
  missing_prices: [],
};

test("a balance sheet has assets on one side, and claims, earnings and conversions on the other", async () => {
  const { status, body } = await book.get("/reports/balance-sheet?as_of=2024-02-29&total_in=USD");
  expect([status, body]).toEqual([
    200,
    {
      ...head,
      as_of: "2024-02-29",
      assets: {
        rows: [row("Assets:Bank", "asset", "USD", "579.50"), row("Assets:Broker", "asset", "ACME", "4", "122.00")],
        totals: [
          { commodity: "ACME", amount: "4" },
          { commodity: "USD", amount: "579.50" },
        ],
        total: "701.50",
      },
      liabilities: { rows: [row("Liabilities:Loan", "liability", "USD", "500.00")], ...usd("500.00") },
      equity: { rows: [row("Equity:Earnings", "equity", "USD", "179.50")], ...usd("179.50") },
      earnings: nothing,
      conversions: {
        totals: [
          { commodity: "ACME", amount: "4" },
          { commodity: "USD", amount: "-100.00" },
        ],
        total: "22.00",
      },
    },
  ]);
  const before = (await book.get("/reports/balance-sheet?as_of=2024-02-28&total_in=USD")).body;
  expect([before.equity, before.earnings]).toEqual([{ rows: [], ...nothing }, usd("179.50")]);
});

test("an income statement leaves closing entries out", async () => {
  const { body } = await book.get("/reports/income-statement?since=2024-02-01&as_of=2024-02-29&total_in=USD");
  expect(body).toEqual({
    ...head,
    prices: [],
    since: "2024-02-01",
    as_of: "2024-02-29",
    income: { rows: [row("Income:Sales", "income", "USD", "300.00")], ...usd("300.00") },
    expenses: { rows: [row("Expenses:Rent", "expense", "USD", "120.50")], ...usd("120.50") },
    net: usd("179.50"),
  });
});

test("a cash flow goes from opening to closing cash by way of the other accounts", async () => {
  const { body } = await book.get("/reports/cash-flow?since=2024-02-01&as_of=2024-02-29&total_in=USD");
  expect(body).toEqual({
    ...head,
    since: "2024-02-01",
    as_of: "2024-02-29",
    opening: usd("500.00"),
    operating: {
      rows: [row("Expenses:Rent", "expense", "USD", "-120.50"), row("Income:Sales", "income", "USD", "300.00")],
      ...usd("179.50"),
    },
    investing: {
      rows: [row("Assets:Broker", "asset", "ACME", "-4", "-122.00")],
      totals: [{ commodity: "ACME", amount: "-4" }],
      total: "-122.00",
    },
    financing: { rows: [], ...nothing },
    conversions: {
      totals: [
        { commodity: "ACME", amount: "4" },
        { commodity: "USD", amount: "-100.00" },
      ],
      total: "22.00",
    },
    closing: usd("579.50"),
  });
});

test("a book in which no account is cash has none, before and after, and still says what moved", async () => {
  const plain = await createBookClient(app);
  await plain.account("Assets:Bank");
  await plain.account("Income:Sales", { type: "income" });
  await plain.transfer({ date: "2024-01-01", debit: "Assets:Bank", credit: "Income:Sales" });
  const { status, body } = await plain.get("/reports/cash-flow?since=2024-01-01");
  expect([status, body.opening.totals, body.closing.totals]).toEqual([200, [], []]);
  expect([body.operating.totals, body.investing.totals]).toEqual([
    [{ commodity: "USD", amount: "1.00" }],
    [{ commodity: "USD", amount: "-1.00" }],
  ]);
});

test("a missing price is named, and only what depends on it is null", async () => {
  const { status, body } = await book.get("/reports/balance-sheet?as_of=2024-02-14&total_in=USD");
  expect([status, body.missing_prices, body.prices]).toEqual([
    200,
    [{ commodity: "ACME", quote: "USD", date: "2024-02-14" }],
    [],
  ]);
  expect([body.assets.total, body.liabilities.total, body.conversions.total]).toEqual([null, "500.00", null]);
  expect(body.assets.rows.map((one: { value: string }) => one.value)).toEqual(["579.50", null]);
  const never = (await book.get("/reports/balance-sheet?total_in=EUR")).body;
  expect(never.missing_prices).toEqual([
    { commodity: "ACME", quote: "EUR", date: null },
    { commodity: "USD", quote: "EUR", date: null },
  ]);
});

test("a total may be in a commodity of the book's own, by prices of that pair and never by their inverse", async () => {
  const inverse = (await book.get("/reports/balance-sheet?total_in=ACME")).body;
  expect([inverse.assets.total, inverse.missing_prices]).toEqual([
    null,
    [{ commodity: "USD", quote: "ACME", date: null }],
  ]);
  await book.post("/prices", { commodity: "USD", quote: "ACME", date: "2023-01-01", price: "0.04" });
  const { assets, prices } = (await book.get("/reports/balance-sheet?total_in=ACME")).body;
  expect([assets.total, prices.length]).toEqual(["27.18", 1]);
});

test("a trial balance of a range has its movements, and a total that is what exchanges gained", async () => {
  const { body } = await book.get("/reports/trial-balance?since=2024-02-03&as_of=2024-02-28&total_in=USD");
  expect(
    body.items.map((one: { path: string; balance: string; value: string }) => [one.path, one.balance, one.value]),
  ).toEqual([
    ["Assets:Bank", "-100.00", "-100.00"],
    ["Assets:Broker", "4", "122.00"],
  ]);
  expect([body.since, body.as_of, body.total]).toEqual(["2024-02-03", "2024-02-28", "22.00"]);
});

test("accounts are told by the paths that they have now, at whatever point of knowledge", async () => {
  const other = await createBookClient(app);
  const { id } = await other.account("Assets:Old");
  await other.account("Income:Sales", { type: "income" });
  await other.transfer({ date: "2024-01-01", debit: "Assets:Old", credit: "Income:Sales" });
  const { knowledge } = (await other.get("/reports/trial-balance")).body;
  const { headers } = await other.get(`/accounts/${id}`);
  const renamed = await app.request(`/api/v1/books/${other.bookId}/accounts/${id}`, {
    method: "PATCH",
    token: other.token,
    json: { path: "Assets:New" },
    headers: { "If-Match": headers.get("etag") ?? "" },
  });
  expect(renamed.status).toBe(200);
  const { body } = await other.get(`/reports/trial-balance?known_at=${knowledge}`);
  expect(body.items.map((one: { path: string }) => one.path)).toEqual(["Assets:New", "Income:Sales"]);
});

test("what is known at a time to come is what is known now", async () => {
  const now = (await book.get("/reports/balance-sheet")).body;
  const then = (await book.get("/reports/balance-sheet?known_at=2999-01-01T00:00:00Z")).body;
  expect({ ...then, known_at: null, knowledge: null }).toEqual({ ...now, knowledge: null });
});

const reports = ["trial-balance", "balance-sheet", "income-statement", "cash-flow"];

test.each(reports)("a %s in a commodity that the book does not have is COMMODITY_UNKNOWN", async (name) => {
  const { status, body } = await book.get(`/reports/${name}?total_in=NOPE`);
  expect([status, body.error_id, body.errors[0].pointer]).toEqual([422, "COMMODITY_UNKNOWN", "/query/total_in"]);
});

test.each([
  ["trial-balance?since=2024-01-02&as_of=2024-01-01", "/query/as_of"],
  ["cash-flow?since=2024-01-02&as_of=2024-01-01", "/query/as_of"],
  ["income-statement?since=2024-01-02&as_of=2024-01-01", "/query/as_of"],
  ["balance-sheet?since=2024-01-01", "/query/since"],
  ["balance-sheet?known_at=2024-01-01", "/query/known_at"],
  ["balance-sheet?known_at=kn_bm90", "/query/known_at"],
  ["balance-sheet?total_in=usd", "/query/total_in"],
])("%s is a 400 that points at %s", async (query, pointer) => {
  const { status, body } = await book.get(`/reports/${query}`);
  expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
});

test("sums and values go beyond the digits of an amount and a price, exactly", async () => {
  const huge = await createBookClient(app);
  await huge.account("Assets:Bank");
  await huge.account("Equity:Capital", { type: "equity" });
  await huge.post("/commodities", { code: "ACME", places: 18 });
  const amount = `${"9".repeat(20)}.${"9".repeat(18)}`;
  const line = { amount, commodity: "ACME" };
  const entry = {
    date: "2024-01-01",
    lines: [
      { account_path: "Assets:Bank", side: "debit", ...line },
      { account_path: "Equity:Capital", side: "credit", ...line },
    ],
  };
  expect((await huge.post("/journal-entries/bulk", { entries: [entry, entry, entry] })).status).toBe(201);
  expect(
    (await huge.post("/prices", { commodity: "ACME", quote: "JPY", date: "2024-01-01", price: amount })).status,
  ).toBe(201);
  const { body } = await huge.get("/reports/balance-sheet?total_in=JPY");
  const units = BigInt(amount.replace(".", ""));
  const digits = String(3n * units * units);
  expect(body.assets.total).toBe(`${digits.slice(0, -36)}.${digits.slice(-36).replace(/0+$/, "")}`);
});
