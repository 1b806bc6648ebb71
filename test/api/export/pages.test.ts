import { afterAll, expect, test } from "bun:test";
import { withTx } from "../../../src/foundation/db/index.ts";
import { listRecordedEntries } from "../../../src/modules/journal/index.ts";
import { createTestApp } from "../../support/app.ts";
import { scopeOf } from "../accounts/book-client.ts";
import { createLedgerBook } from "../journal/ledger-book.ts";

const t = await createTestApp();
afterAll(() => t.close());

test("pages in either order go on where the page before ended: every entry once, in order, however the pages are cut", async () => {
  const book = await createLedgerBook(t);
  const line = { amount: "1.00", commodity: "USD" };
  const lines = [
    { account_path: "Assets:Bank", side: "debit" as const, ...line },
    { account_path: "Income", side: "credit" as const, ...line },
  ];
  const dated = ["2024-02-29", "1999-12-31", "2024-02-29", "2023-12-31", "2024-02-29"];
  for (const bulk of [true, false]) {
    for (let round = 0; round < 3; round += 1)
      await book.postAll(
        dated.map((date) => ({ date, tags: [], lines })),
        bulk,
      );
  }
  for (const order of ["recorded", "dated"] as const) {
    const read = (limit: number) =>
      withTx(
        t.db,
        scopeOf(book.bookId),
        async (tx) => {
          const found: string[] = [];
          let after = null;
          for (;;) {
            const page: Awaited<ReturnType<typeof listRecordedEntries>> = await listRecordedEntries(
              tx,
              book.bookId,
              order,
              {
                limit,
                after,
              },
            );
            found.push(...page.map(({ id, date }) => `${date} ${id}`));
            after = page.at(-1) ?? null;
            if (page.length < limit) return found;
          }
        },
        { readOnly: true },
      );
    const whole = await read(100);
    expect(new Set(whole).size).toBe(30);
    const dates = whole.map((text) => text.slice(0, 10));
    expect(dates).toEqual(order === "dated" ? dates.toSorted() : dates);
    for (const limit of [1, 2, 3, 7, 29, 30]) expect(await read(limit)).toEqual(whole);
  }
});
