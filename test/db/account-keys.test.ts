import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { type BookClient, createBookClient } from "../api/accounts/book-client.ts";
import { createTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
let book: BookClient;
beforeAll(async () => {
  app = await createTestApp();
  book = await createBookClient(app);
});
afterAll(() => app.close());

test("an account with lines is refused alike, whichever foreign key speaks first: a restored database has another order", async () => {
  const { id } = await book.account("Bank");
  await book.account("Cash");
  expect((await book.transfer({ date: "2024-01-01", debit: "Bank", credit: "Cash" })).status).toBe(201);
  const owner = postgres(app.database.ownerUrl, { max: 1, fetch_types: false });
  const refusals: string[] = [];
  // What is made anew speaks last, so that each of them is the first once.
  for (const table of ["lines", "daily_totals", "account_balances"]) {
    const key = `${table}_account_fkey`;
    await owner`alter table ledger.${owner(table)} drop constraint ${owner(key)}, add constraint ${owner(key)}
      foreign key (book_id, account_id) references ledger.accounts (book_id, id) not valid`;
    refusals.push((await book.delete(`/accounts/${id}`)).body.error_id);
  }
  await owner.end();
  expect(refusals).toEqual(["ACCOUNT_HAS_LINES", "ACCOUNT_HAS_LINES", "ACCOUNT_HAS_LINES"]);
});
