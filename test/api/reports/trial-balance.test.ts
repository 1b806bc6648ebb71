import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { createLedgerBook, type LedgerBook } from "../journal/ledger-book.ts";

let app: TestApp;
let book: LedgerBook;
beforeAll(async () => {
  app = await createTestApp();
  book = await createLedgerBook(app);
});
afterAll(() => app.close());

const unvalued = { total_in: null, prices: [], missing_prices: [], total: null };

test("a trial balance tells what was bought, what it weighed and in what", async () => {
  const head = {
    since: null,
    known_at: null,
    knowledge: expect.stringMatching(/^kn_/),
    ...unvalued,
    next_cursor: null,
  };
  expect((await book.get("/reports/trial-balance")).body).toEqual({ ...head, as_of: null, items: [], totals: [] });
  await book.postAll(
    [
      {
        date: "2024-02-29",
        tags: [],
        lines: [
          {
            account_path: "Assets",
            side: "debit",
            amount: "1.5000",
            commodity: "ACME",
            price: { amount: "2.50", commodity: "USD" },
          },
          { account_path: "Income", side: "credit", amount: "3.75", commodity: "USD" },
        ],
      },
    ],
    false,
  );
  const { body } = await book.get("/reports/trial-balance?as_of=2024-02-29");
  expect(body).toEqual({
    ...head,
    as_of: "2024-02-29",
    items: [
      {
        account_id: book.accountIds.get("Assets"),
        path: "Assets",
        type: "asset",
        commodity: "ACME",
        debit: "1.5",
        credit: "0",
        balance: "1.5",
        weight_commodity: "USD",
        weight_debit: "3.75",
        weight_credit: "0.00",
        value: null,
      },
      {
        account_id: book.accountIds.get("Income"),
        path: "Income",
        type: "asset",
        commodity: "USD",
        debit: "0.00",
        credit: "3.75",
        balance: "-3.75",
        weight_commodity: "USD",
        weight_debit: "0.00",
        weight_credit: "3.75",
        value: null,
      },
    ],
    totals: [{ commodity: "USD", debit: "3.75", credit: "3.75" }],
  });
  expect((await book.get("/reports/trial-balance?as_of=2024-02-28")).body.items).toEqual([]);
});

test.each(["from=2024-01-01", "as_of=2024-02-30", "limit=5"])("a trial balance with %s is a 400", async (query) => {
  const { status, body } = await book.get(`/reports/trial-balance?${query}`);
  expect([status, body.error_id]).toEqual([400, "VALIDATION_FAILED"]);
});
