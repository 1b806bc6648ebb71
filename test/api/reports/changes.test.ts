import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import { v7 as uuidV7 } from "uuid";
import { type Tx, withTx } from "../../../src/foundation/db/index.ts";
import { postEntry } from "../../../src/modules/journal/index.ts";
import { scaled } from "../../domain/scaled-bigint.ts";
import { type Answer, createTestApp, noMetrics, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { scopeOf } from "../accounts/book-client.ts";
import {
  type AccountPath,
  accounts,
  createReportsBook,
  type ReportsBook,
  steps,
  type WireEntry,
} from "./reports-book.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const statements = ["trial-balance", "balance-sheet", "income-statement", "cash-flow"] as const;
type StatementName = (typeof statements)[number];
const bearsOn: Readonly<Record<StatementName, (entry: WireEntry, path: AccountPath) => boolean>> = {
  "trial-balance": () => true,
  "balance-sheet": () => true,
  "income-statement": ({ closing }, path) => !closing && ["income", "expense"].includes(accounts[path].type),
  "cash-flow": ({ closing }) => !closing,
};

interface Poll {
  readonly items: Answer["body"][];
  readonly knowledge: string;
}

/** Every page of one list of changes. */
async function poll(book: ReportsBook, path: string, from: string, limit = 2): Promise<Poll> {
  const items: Answer["body"][] = [];
  const query = `/reports/${path}${path.includes("?") ? "&" : "/changes?"}from=${from}&limit=${limit}`;
  let knowledge = "";
  let cursor: string | null = null;
  do {
    const { status, body } = await book.get(cursor === null ? query : `${query}&cursor=${cursor}`);
    expect({ query, status, body }).toMatchObject({ status: 200, body: { from: decodeURIComponent(from), to: null } });
    expect([body.knowledge, knowledge]).toContain(knowledge === "" ? body.knowledge : knowledge);
    knowledge = body.knowledge;
    items.push(...body.items);
    cursor = body.next_cursor;
  } while (cursor !== null);
  return { items, knowledge };
}

function effectOf(entry: WireEntry, counts: (path: AccountPath) => boolean): Record<string, bigint> {
  const effect: Record<string, bigint> = {};
  for (const { account_path, side, amount, commodity } of entry.lines.filter((line) => counts(line.account_path))) {
    const key = `${account_path} ${commodity}`;
    effect[key] = (effect[key] ?? 0n) + (side === "debit" ? scaled(amount) : -scaled(amount));
  }
  return effect;
}

const wireEffect = (item: Answer["body"]): Record<string, bigint> =>
  Object.fromEntries(
    item.effect.map((one: { path: string; commodity: string; amount: string }) => [
      `${one.path} ${one.commodity}`,
      scaled(one.amount),
    ]),
  );

test("polls chained by their tokens list every entry that bears on the statement once, with what it moved in it", async () => {
  const drawn = fc.record({
    list: fc.array(steps, { minLength: 1, maxLength: 14 }),
    polls: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
    as_of: fc.constantFrom("2023-12-31", "2024-02-29", "2031-01-01"),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ list, polls, as_of }) => {
      const book = await createReportsBook(app);
      const start = (await book.get("/reports/balance-sheet")).body.knowledge;
      const tokens = new Map<StatementName, string>(statements.map((name) => [name, start]));
      const seen = new Map<StatementName, Answer["body"][]>(statements.map((name) => [name, []]));
      const posted: WireEntry[] = [];
      const follow = async () => {
        for (const name of statements) {
          const { items, knowledge } = await poll(book, `${name}/changes?as_of=${as_of}`, tokens.get(name) ?? "");
          seen.get(name)?.push(...items);
          tokens.set(name, knowledge);
        }
      };
      for (const [index, step] of list.entries()) {
        const { entry } = await book.take(step);
        if (entry !== undefined) posted.push(entry);
        if (polls[index] === true) await follow();
      }
      await follow();
      await follow();
      for (const name of statements) {
        const expected = posted
          .filter((entry) => entry.date <= as_of && entry.lines.some((line) => bearsOn[name](entry, line.account_path)))
          .map((entry) => [entry.id, effectOf(entry, (path) => bearsOn[name](entry, path))]);
        expect((seen.get(name) ?? []).map((item) => [item.id, wireEffect(item)])).toEqual(expected);
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

/** Posts 1 USD between two accounts in a transaction that another one may overlap. */
function postIn(tx: Tx, book: ReportsBook, date: string, [debit, credit]: readonly [string, string]) {
  const recording = {
    bookId: book.bookId,
    userId: uuidV7(),
    apiKeyId: null,
    at: new Date(),
    requestId: "late",
    traceId: "0".repeat(32),
    metrics: noMetrics,
  };
  const line = { amount: "1.00", commodity: "USD" };
  return postEntry(tx, recording, {
    id: uuidV7(),
    date,
    lines: [
      { account_path: debit, side: "debit", ...line },
      { account_path: credit, side: "credit", ...line },
    ],
  });
}

test("an entry that was being committed when a token was given comes after that token, once", async () => {
  const book = await createReportsBook(app);
  const start = (await book.get("/reports/trial-balance")).body.knowledge;
  const posted = Promise.withResolvers<string>();
  const gate = Promise.withResolvers<void>();
  const late = withTx(app.db, scopeOf(book.bookId), async (tx) => {
    const { entry } = await postIn(tx, book, "2024-01-01", ["Assets:Stock", "Equity:Capital"]);
    posted.resolve(entry.id);
    await gate.promise;
  });
  const lateId = await posted.promise;
  const early = await book.transfer({ date: "2024-01-02", debit: "Expenses:Rent", credit: "Assets:Cash" });
  expect(early.status).toBe(201);

  const before = await book.get("/reports/trial-balance");
  const first = await poll(book, "trial-balance", start);
  expect(first.items.map(({ id }) => id)).toEqual([early.body.id]);
  gate.resolve();
  await late;

  const second = await poll(book, "trial-balance", first.knowledge);
  expect(second.items.map(({ id }) => id)).toEqual([lateId]);
  expect(second.items[0].recorded).toMatchObject({ request_id: "late", api_key_id: null });
  expect((await poll(book, "trial-balance", second.knowledge)).items).toEqual([]);
  expect((await poll(book, "trial-balance", before.body.knowledge)).items.map(({ id }) => id)).toEqual([lateId]);
  expect((await poll(book, "trial-balance", start)).items.map(({ id }) => id)).toEqual([lateId, early.body.id]);
  const known = await book.get(`/reports/trial-balance?known_at=${before.body.knowledge}`);
  expect(known.body).toEqual({ ...before.body, known_at: before.body.knowledge });
});

test("a list of changes ends where its first page said, whatever is posted before the next", async () => {
  const book = await createReportsBook(app);
  const start = (await book.get("/reports/trial-balance")).body.knowledge;
  const move = { debit: "Assets:Cash", credit: "Income:Sales" };
  const ids: string[] = [];
  for (const date of ["2024-01-03", "2024-01-01", "2024-01-02"])
    ids.push((await book.transfer({ date, ...move })).body.id);
  const path = `/reports/cash-flow/changes?from=${start}&limit=2`;
  const first = (await book.get(path)).body;
  const added = (await book.transfer({ date: "2024-01-01", ...move })).body.id;
  const last = (await book.get(`${path}&cursor=${first.next_cursor}`)).body;
  expect([...first.items, ...last.items].map((item) => item.id)).toEqual(ids);
  expect(last).toMatchObject({ next_cursor: null, knowledge: first.knowledge });
  expect((await poll(book, "cash-flow", first.knowledge)).items.map(({ id }) => id)).toEqual([added]);
});

test("changes up to a time end there, and their token goes on from there", async () => {
  const clocked = await createTestApp();
  const book = await createReportsBook(clocked);
  const ids: string[] = [];
  for (const second of ["01", "02", "03", "04"]) {
    clocked.clock.current = new Date(`2026-01-01T00:00:${second}Z`);
    ids.push((await book.transfer({ date: "2024-01-01", debit: "Assets:Cash", credit: "Income:Sales" })).body.id);
  }
  const path = "/reports/income-statement/changes";
  const between = (await book.get(`${path}?from=2026-01-01T00:00:01Z&to=2026-01-01T00:00:03Z`)).body;
  expect(between.items.map((item: { id: string }) => item.id)).toEqual(ids.slice(1, 3));
  expect(between).toMatchObject({ from: "2026-01-01T00:00:01Z", to: "2026-01-01T00:00:03Z" });
  expect((await poll(book, "income-statement", between.knowledge)).items.map(({ id }) => id)).toEqual(ids.slice(3));
  const none = (await book.get(`${path}?from=2025-01-01T00:00:00Z&to=2025-01-01T00:00:00Z`)).body;
  expect((await poll(book, "income-statement", none.knowledge)).items.map(({ id }) => id)).toEqual(ids);
  const upToToken = (await book.get(`${path}?from=2025-01-01T00:00:00Z&to=${between.knowledge}`)).body;
  expect(upToToken).toMatchObject({ to: between.knowledge, knowledge: between.knowledge });
  expect(upToToken.items.map((item: { id: string }) => item.id)).toEqual(ids.slice(0, 3));
  await clocked.close();
});

test("changes up to a time are exact where all entries say the same transaction, as those of a restored book do", async () => {
  const clocked = await createTestApp();
  const book = await createReportsBook(clocked);
  const ids: string[] = [];
  for (const second of ["01", "02", "03", "04"]) {
    clocked.clock.current = new Date(`2026-01-01T00:00:${second}Z`);
    ids.push((await book.transfer({ date: "2024-01-01", debit: "Assets:Cash", credit: "Income:Sales" })).body.id);
  }
  const superuser = postgres(await superuserUrl(clocked.database.name), { max: 1 });
  await superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`update ledger.journal_entries set recorded_xid = '3'`;
  });
  await superuser.end();
  const path = "/reports/income-statement/changes?from=2000-01-01T00:00:00Z";
  const { items, knowledge } = (await book.get(`${path}&to=2026-01-01T00:00:02Z`)).body;
  expect(items.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.slice(0, 2).toSorted());
  const rest = (await poll(book, "income-statement", knowledge)).items.map(({ id }) => id);
  expect(rest.toSorted()).toEqual(ids.slice(2).toSorted());
  await clocked.close();
});

test("an answer to a time has a token that gives it again, whatever comes later and says that it was earlier", async () => {
  const clocked = await createTestApp();
  const book = await createReportsBook(clocked);
  const transfer = () => book.transfer({ date: "2024-01-01", debit: "Assets:Cash", credit: "Income:Sales" });
  const now = Date.now();
  clocked.clock.current = new Date(now);
  await transfer();
  clocked.clock.current = new Date(now + 10_000);
  await transfer();
  const then = new Date(now + 5_000).toISOString();
  const { body } = await book.get(`/reports/balance-sheet?known_at=${then}`);
  clocked.clock.current = new Date(now + 1_000);
  await transfer();
  const again = (await book.get(`/reports/balance-sheet?known_at=${body.knowledge}`)).body;
  expect({ ...again, known_at: then }).toEqual(body);
  const missed = (await poll(book, "balance-sheet", body.knowledge)).items;
  expect(missed.map(({ posted_at }) => Date.parse(posted_at) - now)).toEqual([10_000, 1_000]);
  await clocked.close();
});

test("changes do not go backward: an end that lacks what was known at the beginning is a 400", async () => {
  const book = await createReportsBook(app);
  const earlier = (await book.get("/reports/balance-sheet")).body.knowledge;
  await book.transfer({ date: "2024-01-01", debit: "Assets:Cash", credit: "Income:Sales" });
  const later = (await book.get("/reports/balance-sheet")).body.knowledge;
  for (const to of [earlier, "2020-01-01T00:00:00Z"]) {
    const { status, body } = await book.get(`/reports/trial-balance/changes?from=${later}&to=${to}`);
    expect([status, body.errors?.[0].pointer]).toEqual([400, "/query/to"]);
  }
  expect((await book.get(`/reports/trial-balance/changes?from=${later}&to=${later}`)).body.items).toEqual([]);
});

test("a void is a change of its own, and the entry it voids says so", async () => {
  const book = await createReportsBook(app);
  const { body } = await book.transfer({ date: "2024-01-01", debit: "Assets:Cash", credit: "Income:Sales" });
  const { knowledge } = (await book.get("/reports/balance-sheet")).body;
  await book.post(`/journal-entries/${body.id}/void`, { date: "2024-02-01", reason: "Entered twice" });
  const [reversal, ...others] = (await poll(book, "balance-sheet", knowledge)).items;
  expect(others).toEqual([]);
  expect(reversal).toMatchObject({
    status: "posted",
    date: "2024-02-01",
    voids: body.id,
    void_reason: "Entered twice",
  });
  const [original] = (
    await poll(book, "balance-sheet?as_of=2024-01-31".replace("?", "/changes?"), "2020-01-01T00:00:00Z")
  ).items;
  expect(original).toMatchObject({ id: body.id, status: "voided", voids: null, closing: false });
});

test.each([
  ["", "/query/from"],
  ["from=yesterday", "/query/from"],
  ["from=kn_AAAA", "/query/from"],
  ["from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", "/query/to"],
  ["from=2026-01-01T00:00:00Z&since=2024-01-02&as_of=2024-01-01", "/query/as_of"],
  ["from=2026-01-01T00:00:00Z&total_in=USD", "/query/total_in"],
  ["from=2026-01-01T00:00:00Z&cursor=AAAA", "/query/cursor"],
])("changes with %p are a 400 that points at %p", async (query, pointer) => {
  const book = await createReportsBook(app);
  const { status, body } = await book.get(`/reports/trial-balance/changes?${query}`);
  expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
});

test("a cursor of changes that was forged, or made for another statement, is a 400", async () => {
  const book = await createReportsBook(app);
  for (const date of ["2024-01-01", "2024-01-02"])
    await book.transfer({ date, debit: "Assets:Cash", credit: "Income:Sales" });
  const query = "from=2020-01-01T00:00:00Z&limit=1";
  const { next_cursor: cursor } = (await book.get(`/reports/trial-balance/changes?${query}`)).body;
  const [version, scope, [to, xid, id]] = JSON.parse(Buffer.from(cursor, "base64url").toString());
  const forged = [
    ["3:2:", xid, id],
    ["é", xid, id],
    ["1:2:9", xid, id],
    [to, "-1", id],
    [to, "9".repeat(20), id],
    [to, xid, "x"],
  ].map((keys) => Buffer.from(JSON.stringify([version, scope, keys])).toString("base64url"));
  for (const one of forged) {
    expect((await book.get(`/reports/trial-balance/changes?${query}&cursor=${one}`)).status).toBe(400);
  }
  expect((await book.get(`/reports/cash-flow/changes?${query}&cursor=${cursor}`)).status).toBe(400);
  expect((await book.get(`/reports/trial-balance/changes?${query}&cursor=${cursor}`)).status).toBe(200);
});
