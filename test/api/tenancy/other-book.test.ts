import { afterAll, beforeAll, expect, test } from "bun:test";
import { v7 as uuidV7 } from "uuid";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { createLedgerBook, type LedgerBook } from "../journal/ledger-book.ts";

let app: TestApp;
let mine: LedgerBook;
let theirs: LedgerBook;
beforeAll(async () => {
  app = await createTestApp();
  mine = await createLedgerBook(app);
  theirs = await createLedgerBook(app);
});
afterAll(() => app.close());

const entryOn = (account: object) => {
  const line = { amount: "1.00", commodity: "USD" };
  return {
    date: "2024-01-01",
    lines: [
      { ...account, side: "debit", ...line },
      { account_path: "Income", side: "credit", ...line },
    ],
  };
};

const withoutIds = ({ request_id: _, trace_id: __, instance: ___, ...body }: Record<string, unknown>) => body;

test("another book's account is as unknown to a posting as one that does not exist", async () => {
  const foreign = await mine.post("/journal-entries", entryOn({ account_id: theirs.accountIds.get("Assets") }));
  const missing = await mine.post("/journal-entries", entryOn({ account_id: uuidV7() }));
  expect([foreign.status, foreign.body.error_id]).toEqual([422, "ACCOUNT_UNKNOWN"]);
  expect(withoutIds(foreign.body)).toEqual(withoutIds(missing.body));
  expect((await theirs.get("/journal-entries")).body.items).toEqual([]);
  expect((await theirs.get("/reports/trial-balance")).body.items).toEqual([]);
});

test("another book's own commodity is unknown", async () => {
  await theirs.post("/commodities", { code: "SECRET", places: 2 });
  const line = { amount: "1", commodity: "SECRET" };
  const { status, body } = await mine.post("/journal-entries", {
    date: "2024-01-01",
    lines: [
      { account_path: "Assets", side: "debit", ...line },
      { account_path: "Income", side: "credit", ...line },
    ],
  });
  expect([status, body.error_id]).toEqual([422, "COMMODITY_UNKNOWN"]);
});

test("another book's objects answer exactly as missing ones do, within one's own book and within theirs", async () => {
  const [entry] = await theirs.postAll(
    [
      {
        date: "2024-01-01",
        tags: [],
        lines: [
          { account_path: "Assets", side: "debit", amount: "1.00", commodity: "USD" },
          { account_path: "Income", side: "credit", amount: "1.00", commodity: "USD" },
        ],
      },
    ],
    false,
  );
  const account = theirs.accountIds.get("Assets");
  const paths = (entryId: string | undefined, accountId: string | undefined) => [
    `/journal-entries/${entryId}`,
    `/accounts/${accountId}`,
    `/accounts/${accountId}/balance`,
    `/accounts/${accountId}/register`,
  ];
  const missing = paths(uuidV7(), uuidV7());
  for (const [index, path] of paths(entry?.id, account).entries()) {
    const [foreign, absent] = [await mine.get(path), await mine.get(missing[index] ?? "")];
    expect([path, foreign.status]).toEqual([path, 404]);
    expect(withoutIds(foreign.body)).toEqual(withoutIds(absent.body));
  }
  const inBook = (bookId: string, path: string) => app.request(`/api/v1/books/${bookId}${path}`, { token: mine.token });
  for (const path of [...paths(entry?.id, account), "/journal-entries", "/reports/trial-balance", "/accounts"]) {
    const [foreign, absent] = [await inBook(theirs.bookId, path), await inBook(uuidV7(), path)];
    expect([path, foreign.status]).toEqual([path, 404]);
    expect(withoutIds(foreign.body)).toEqual(withoutIds(absent.body));
  }
  const post = { token: mine.token, json: entryOn({ account_path: "Assets" }) };
  expect((await app.request(`/api/v1/books/${theirs.bookId}/journal-entries`, post)).status).toBe(404);
  expect((await theirs.get("/journal-entries")).body.items.length).toBe(1);
});

test("a list filtered by another book's account is empty", async () => {
  const { status, body } = await mine.get(`/journal-entries?account_id=${theirs.accountIds.get("Assets")}`);
  expect([status, body.items]).toEqual([200, []]);
});
