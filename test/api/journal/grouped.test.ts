import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { createFaultProxy, type FaultProxy } from "../../support/fault-proxy.ts";
import { scopeOf } from "../accounts/book-client.ts";
import { createGroupedBook, inOrder, outcomeOf, postings } from "./grouped-book.ts";

let t: TestApp;
let proxy: FaultProxy;
beforeAll(async () => {
  t = await createTestApp({
    databaseUrl: (url) => {
      proxy = createFaultProxy(url);
      return proxy.through(url);
    },
  });
});
afterAll(async () => {
  await t.close();
  proxy.stop();
});

/** How many posted entries a book has, and in how many transactions. */
async function groupsOf(bookId: string): Promise<{ entries: number; transactions: number }> {
  const [row] = await withTx(
    t.db,
    scopeOf(bookId),
    (tx) => tx.sql<{ entries: number; transactions: number }>`
      select count(*)::int as entries, count(distinct recorded_xid)::int as transactions
      from ledger.journal_entries where book_id = ${bookId} and status = 'posted'`,
    { readOnly: true },
  );
  return row ?? { entries: 0, transactions: 0 };
}

test("what is posted at once, good and bad, comes out as if it were posted one by one", async () => {
  const [together, oneByOne] = [await createGroupedBook(t), await createGroupedBook(t)];
  const balancesOf = async (book: typeof together) => {
    const { items } = await book.get("/reports/trial-balance");
    return items.map(({ path, debit, credit }: Record<string, unknown>) => [path, debit, credit]);
  };
  await fc.assert(
    fc.asyncProperty(postings, async (drawn) => {
      const requests = drawn.map((posting) => together.requestsOf(posting));
      const answers = await Promise.all(requests.map((each) => Promise.all(each.map((send) => send()))));
      const expected = [];
      for (const posting of drawn) {
        const own = [];
        for (const send of oneByOne.requestsOf(posting)) own.push(outcomeOf(await send()));
        expected.push(inOrder(own));
      }
      expect(answers.map((own) => inOrder(own.map(outcomeOf)))).toEqual(expected);

      const posted = answers.flatMap((own, at) =>
        own.flatMap(({ status, headers, body }) =>
          status === 201 && headers.get("idempotency-replayed") === null ? [{ by: drawn[at]?.by ?? "", body }] : [],
        ),
      );
      for (const { by, body } of posted) {
        const { balances: _, ...entry } = body;
        expect(await together.get(`/journal-entries/${entry.id}`)).toEqual(entry);
        expect([entry.created_by, entry.recorded.by]).toEqual([together.userIds.get(by), together.userIds.get(by)]);
      }
      expect(new Set(posted.map(({ body }) => body.recorded.request_id)).size).toBe(posted.length);
      // Each answer's balance is the one before it and its own amount: one account is in all of them.
      const steps = posted
        .filter(({ body }) => body.status === "posted")
        .map(({ body }) => ({
          amount: Math.round(Number(body.lines[0].amount) * 100),
          left: Math.round(Number(body.balances[0].balance) * 100),
        }))
        .toSorted((a, b) => a.left - b.left);
      for (const [at, { amount, left }] of steps.entries()) {
        const before = steps[at - 1]?.left;
        if (before !== undefined) expect(left).toBe(before + amount);
      }
      expect(await balancesOf(together)).toEqual(await balancesOf(oneByOne));
    }),
    { numRuns: 6 },
  );
  const { entries, transactions } = await groupsOf(together.bookId);
  expect(transactions).toBeLessThan(entries / 1.5);
  expect((await together.get("/verify")).status).toBe("ok");
}, 60_000);

test("a lost COMMIT of several is of unknown outcome for each; sent again with its key, each is there once", async () => {
  const book = await createGroupedBook(t, []);
  const posting = { by: "owner", fault: null, draft: false, amount: 100, to: 1, times: "keyed" } as const;
  const requests = Array.from({ length: 6 }, () => book.requestsOf(posting)).flat();
  const { ledger } = t.deps.metrics;
  const { entriesPosted } = ledger;
  // Told of the one that comes first, and so is alone, when it is committed: the next COMMIT is that of the others.
  ledger.entriesPosted = () => {
    ledger.entriesPosted = entriesPosted;
    proxy.cutAt("COMMIT", "after");
  };
  const answers = await Promise.all(requests.map((send) => send()));
  const others = answers.filter(({ status }) => status !== 201);
  expect(others).toHaveLength(requests.length - 1);
  expect(others.map(({ status, body }) => [status, body.error_id])).toEqual(
    others.map(() => [503, "COMMIT_OUTCOME_UNKNOWN"]),
  );
  const again = await Promise.all(requests.map((send) => send()));
  expect(again.map(({ status }) => status)).toEqual(requests.map(() => 201));
  expect(new Set(again.map(({ body }) => body.id)).size).toBe(requests.length);
  expect(await groupsOf(book.bookId)).toMatchObject({ entries: requests.length });
  expect((await book.get("/verify")).status).toBe("ok");
});

test("a connection that is lost before COMMIT costs nobody an answer", async () => {
  const book = await createGroupedBook(t, []);
  const posting = { by: "owner", fault: null, draft: false, amount: 100, to: 1, times: "keyed" } as const;
  const requests = Array.from({ length: 6 }, () => book.requestsOf(posting)).flat();
  const { ledger } = t.deps.metrics;
  const { entriesPosted } = ledger;
  ledger.entriesPosted = () => {
    ledger.entriesPosted = entriesPosted;
    proxy.cutAt("lock_timeout", "after");
  };
  const answers = await Promise.all(requests.map((send) => send()));
  expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 201));
  expect(await groupsOf(book.bookId)).toMatchObject({ entries: requests.length });
});
