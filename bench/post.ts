// What posting costs: one entry a request against 1,000 in bulk, and the share of the balance checks at COMMIT.
// Ratios, as times of one machine say nothing of another. Run: bun bench/post.ts [rounds]
import { v7 as uuidV7 } from "uuid";
import { withTx } from "../src/foundation/db/index.ts";
import { postEntries } from "../src/modules/journal/service.ts";
import { createBookClient, recordingFor, scopeOf } from "../test/api/accounts/book-client.ts";
import { createTestApp } from "../test/support/app.ts";
import { runAtEnd } from "../test/support/at-end.ts";

const rounds = Number(process.argv[2] ?? 5);
const accountCount = 200;
const bulkEntries = 1000;
const singlePosts = 200;

const accountPath = (number: number) => `Assets:Account ${number % accountCount}`;

/** An entry of three lines over accounts and days that differ from one to the next. */
const entry = (number: number) => ({
  date: `2026-${String((number % 12) + 1).padStart(2, "0")}-${String((number % 28) + 1).padStart(2, "0")}`,
  payee: `Payee ${number}`,
  lines: [
    { account_path: accountPath(number), side: "debit" as const, amount: "10.00", commodity: "USD" },
    { account_path: accountPath(number * 7 + 1), side: "credit" as const, amount: "4.00", commodity: "USD" },
    { account_path: accountPath(number * 13 + 2), side: "credit" as const, amount: "6.00", commodity: "USD" },
  ],
});
const entries = (count: number) => Array.from({ length: count }, (_, number) => entry(number));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const app = await createTestApp();
try {
  const book = await createBookClient(app);
  for (let number = 0; number < accountCount; number += 1) await book.account(accountPath(number));
  const post = async (path: string, json: unknown) => {
    const { status, body } = await book.post(path, json);
    if (status !== 201) throw new Error(`posting answered ${JSON.stringify(body)}`);
  };

  const single: number[] = [];
  const bulk: number[] = [];
  const checks: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const singles = [];
    for (const each of entries(singlePosts)) singles.push(await timed(() => post("/journal-entries", each)));
    const together = await timed(() => post("/journal-entries/bulk", { entries: entries(bulkEntries) }));
    const share = await checkShare(book.bookId);
    // The first round warms up.
    if (round === 0) continue;
    single.push(median(singles));
    bulk.push(together / bulkEntries);
    checks.push(share);
  }
  const ratio = median(single) / median(bulk);
  process.stdout.write(`one entry a request : an entry in bulk = ${ratio.toFixed(1)} : 1\n`);
  process.stdout.write(`balance checks of a bulk transaction = ${(100 * median(checks)).toFixed(0)} %\n`);
  process.stdout.write(`entries a second: ${perSecond(single)} one by one, ${perSecond(bulk)} in bulk (here, now)\n`);
} finally {
  await app.close();
  await runAtEnd();
}

/** The deferred triggers' part of a bulk posting's transaction, by making them run just before COMMIT. */
async function checkShare(bookId: string): Promise<number> {
  let checkMs = 0;
  const totalMs = await timed(() =>
    withTx(app.db, scopeOf(bookId), async (tx) => {
      const proposed = entries(bulkEntries).map((each) => ({ ...each, id: uuidV7() }));
      await postEntries(tx, recordingFor(bookId), proposed);
      checkMs = await timed(() => tx.sql`set constraints all immediate`);
    }),
  );
  return checkMs / totalMs;
}

function perSecond(msPerEntry: readonly number[]): number {
  return Math.round(1000 / median(msPerEntry));
}
