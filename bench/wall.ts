// What the wall between books costs a request: the same requests, in turns, with a role that row-level security holds and
// with one that passes it; and what asking for membership and session adds to a transaction's opening.
// Ratios, as times of one machine say nothing of another. Run: bun bench/wall.ts [rounds]
import { createApp } from "../src/app.ts";
import { mapPgError } from "../src/db/errors.ts";
import { createDb, type Db, type TxScope, withTx } from "../src/foundation/db/index.ts";
import { createTestApp } from "../test/support/app.ts";
import { runAtEnd } from "../test/support/at-end.ts";
import { superuserUrl } from "../test/support/database.ts";

const rounds = Number(process.argv[2] ?? 600);
const warmUps = 50;
const otherBooks = 5;
const entriesABook = 400;

const t = await createTestApp();
const past = createDb({
  ...t.deps.config.database.pool,
  url: await superuserUrl(t.database.name),
  applicationName: "footing-bench",
  mapError: mapPgError,
  onBackgroundError: () => undefined,
});
const [held, passing] = [t.app, createApp({ ...t.deps, db: past })];
type App = typeof held;

interface Book {
  readonly path: string;
  readonly token: string;
  readonly accountId: string;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function send(app: App, { token }: Book, path: string, json?: unknown): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const init = json === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(json) };
  const response = await app.request(path, init);
  const text = await response.text();
  if (response.status >= 300) throw new Error(`${path} answered ${response.status}: ${text}`);
}

const entry = (number: number) => ({
  date: `2026-${String((number % 12) + 1).padStart(2, "0")}-${String((number % 28) + 1).padStart(2, "0")}`,
  lines: [
    { account_path: "Assets:Cash", side: "debit", amount: "10.00", commodity: "USD" },
    { account_path: "Income:Sales", side: "credit", amount: "10.00", commodity: "USD" },
  ],
});

async function fillBook(): Promise<Book> {
  const user = await t.register();
  const account = (path: string, type: string) =>
    t.request(`${user.book}/accounts`, { token: user.token, json: { path, type } });
  const { body } = await account("Assets:Cash", "asset");
  await account("Income:Sales", "income");
  const book = { path: user.book, token: user.token, accountId: body.id as string };
  const entries = Array.from({ length: entriesABook }, (_, number) => entry(number));
  await send(held, book, `${book.path}/journal-entries/bulk`, { entries });
  return book;
}

/** The median time of one run by each of two sides, which take turns, so that both meet the same weather. */
async function compare(sides: readonly [() => Promise<void>, () => Promise<void>]): Promise<readonly [number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now();
      await sides[side]();
      if (round >= 0) times[side].push(performance.now() - start);
    }
  }
  return [median(times[0]), median(times[1])];
}

function print(name: string, [on, off]: readonly [number, number]): void {
  const percent = ((on / off - 1) * 100).toFixed(0);
  process.stdout.write(
    `${name.padEnd(24)} ${(on / off).toFixed(2)} : 1 (${percent} %; ${on.toFixed(2)} ms, ${off.toFixed(2)} ms here)\n`,
  );
}

try {
  const book = await fillBook();
  for (let number = 0; number < otherBooks; number += 1) await fillBook();
  const requests: Readonly<Record<string, (app: App) => Promise<void>>> = {
    "one account": (app) => send(app, book, `${book.path}/accounts/${book.accountId}`),
    "fifty entries": (app) => send(app, book, `${book.path}/journal-entries`),
    "a trial balance": (app) => send(app, book, `${book.path}/reports/trial-balance`),
    "posting an entry": (app) => send(app, book, `${book.path}/journal-entries`, entry(1)),
  };
  process.stdout.write("with row-level security : past it\n");
  for (const [name, request] of Object.entries(requests)) {
    print(name, await compare([() => request(held), () => request(passing)]));
  }
  process.stdout.write("a read transaction's opening with the guard : without\n");
  const [payload = ""] = book.token.split(".").slice(1, 2);
  const { sub, sid } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string; sid: string };
  const bookId = book.path.split("/").at(-1) ?? "";
  const settings = { "footing.book_id": bookId, "footing.user_id": sub };
  const openings: Readonly<Record<string, TxScope>> = {
    membership: { settings, guard: () => ({ name: "identity.enter_book", args: [sub, bookId, "viewer"] }) },
    "membership and session": {
      settings,
      guard: () => ({ name: "identity.enter_book", args: [sub, bookId, "viewer", sid] }),
    },
  };
  for (const [name, scope] of Object.entries(openings))
    print(name, await compare([() => open(t.db, scope), () => open(t.db, { settings })]));
} finally {
  await past.close(2000);
  await t.close();
  await runAtEnd();
}

async function open(db: Db, scope: TxScope): Promise<void> {
  await withTx(db, scope, (tx) => tx.sql`select 1`, { readOnly: true });
}
