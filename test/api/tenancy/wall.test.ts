import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import { createDb, findWallFaults, withTx } from "../../../src/foundation/db/index.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { scopeOf } from "../accounts/book-client.ts";
import { createLedgerBook, type LedgerBook } from "../journal/ledger-book.ts";

let app: TestApp;
let mine: LedgerBook;
let theirs: LedgerBook;
let superuser: Sql;
let owner: Sql;
/** Every table of the ledger, so that a new one is held to this as well. */
let tables: string[];

beforeAll(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1 });
  owner = postgres(app.database.ownerUrl, { max: 1, fetch_types: false });
  const rows = await superuser<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'ledger'::regnamespace and relkind not in ('i', 'I', 'c', 'S', 't') order by 1`;
  tables = rows.map((row) => row.name);
  mine = await fill(await createLedgerBook(app));
  theirs = await fill(await createLedgerBook(app));
});
afterAll(async () => {
  await Promise.all([superuser.end(), owner.end()]);
  await app.close();
});

/** Something in every table. */
async function fill(book: LedgerBook): Promise<LedgerBook> {
  const line = { amount: "1.00", commodity: "USD" };
  const lines = [
    { account_path: "Assets", side: "debit" as const, ...line },
    { account_path: "Income", side: "credit" as const, ...line },
  ];
  await book.postAll([{ date: "2024-01-01", tags: [], lines }], false);
  const price = { commodity: "ACME", quote: "USD", date: "2024-01-01", price: "2" };
  await book.post("/prices", price, { "Idempotency-Key": "a-price" });
  await book.post("/period-closes", { closed_through: "2023-12-31" });
  return book;
}

type Outcome = readonly object[] | string;

/** What one statement of the API's role gives, or the SQLSTATE that it is refused with; undone in any case. */
async function attempt(bookId: string | null, statement: string, as: "api" | "owner" = "api"): Promise<Outcome> {
  const undone = new Error("undone");
  let rows: Outcome = "nothing ran";
  const sql = as === "api" ? postgres(app.database.apiUrl, { max: 1, fetch_types: false }) : owner;
  try {
    await sql.begin(async (tx) => {
      if (bookId !== null) await tx`select set_config('footing.book_id', ${bookId}, true)`;
      rows = await tx.unsafe(statement);
      throw undone;
    });
  } catch (error) {
    if (error !== undone) rows = error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    if (as === "api") await sql.end();
  }
  return rows;
}

const count = (bookId: string | null, table: string, as: "api" | "owner" = "api") =>
  attempt(bookId, `select count(*)::int as rows, count(distinct book_id)::int as books from ledger."${table}"`, as);

/** A row of the other book, as JSON that a test can insert again. */
async function rowOf(bookId: string, table: string): Promise<string> {
  const [row] = await superuser.unsafe(
    `select quote_literal(to_jsonb(t)) as json from ledger."${table}" t where book_id = '${bookId}' limit 1`,
  );
  return row?.["json"];
}

test("every table has rows of both books, for what follows to mean something", async () => {
  expect(tables.length).toBeGreaterThanOrEqual(6);
  for (const table of tables) {
    const rows = await superuser.unsafe(`select distinct book_id from ledger."${table}"`);
    expect([table, rows.length]).toEqual([table, 2]);
  }
});

test("every table's primary key begins with book_id, and row-level security is on and forced", async () => {
  const rows = await superuser`
    select c.relname as name, c.relkind as kind, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c where c.relnamespace = 'ledger'::regnamespace and c.relname = any(${tables}) order by 1`;
  const wanted = tables.map((name) => ({ name, kind: "r", enabled: true, forced: true, key: "book_id" }));
  expect([...rows]).toEqual(wanted);
});

test.each(["api", "owner"] as const)(
  "without a book the %s sees no row of any table, with one its own alone",
  async (as) => {
    for (const table of tables) {
      expect([table, await count(null, table, as)]).toEqual([table, [{ rows: 0, books: 0 }]]);
      expect([table, await count("", table, as)]).toEqual([table, [{ rows: 0, books: 0 }]]);
      expect([table, await count(mine.bookId, table, as)]).toMatchObject([table, [{ books: 1 }]]);
      const others = `select from ledger."${table}" where book_id = '${theirs.bookId}'`;
      expect([table, await attempt(mine.bookId, others, as)]).toEqual([table, []]);
    }
  },
);

test.each(["api", "owner"] as const)("the %s changes and deletes no row of another book", async (as) => {
  for (const table of tables) {
    const update = `update ledger."${table}" set book_id = book_id where book_id = '${theirs.bookId}' returning 1`;
    const remove = `delete from ledger."${table}" where book_id = '${theirs.bookId}' returning 1`;
    for (const book of [null, mine.bookId]) {
      expect([table, await attempt(book, update, as), await attempt(book, remove, as)]).toEqual([table, [], []]);
    }
    expect([table, (await attempt(theirs.bookId, update, as)).length > 0]).toEqual([table, true]);
  }
});

test.each(["api", "owner"] as const)("the %s inserts no row into another book, and moves none there", async (as) => {
  for (const table of tables) {
    const row = await rowOf(theirs.bookId, table);
    const insert = `insert into ledger."${table}" select * from jsonb_populate_record(null::ledger."${table}", ${row})`;
    expect([table, await attempt(null, insert, as), await attempt(mine.bookId, insert, as)]).toEqual([
      table,
      "42501",
      "42501",
    ]);
    // The same row in its own book is refused for being there already, and for nothing else.
    expect([table, await attempt(theirs.bookId, insert, as)]).toEqual([table, "23505"]);
    const move = `update ledger."${table}" set book_id = '${theirs.bookId}'`;
    expect([table, await attempt(mine.bookId, move, as)]).toEqual([table, "42501"]);
  }
});

test("the API's role can neither truncate, alter nor trigger on a table, nor create one", async () => {
  for (const table of tables) {
    expect([table, await attempt(mine.bookId, `truncate ledger."${table}"`)]).toEqual([table, "42501"]);
    const off = `alter table ledger."${table}" disable row level security`;
    expect([table, await attempt(mine.bookId, off)]).toEqual([table, "42501"]);
    const open = `create policy open on ledger."${table}" using (true)`;
    expect([table, await attempt(mine.bookId, open)]).toEqual([table, "42501"]);
  }
  expect(await attempt(mine.bookId, "create table ledger.escape (book_id uuid)")).toBe("42501");
});

test("no function runs with its owner's rights", async () => {
  const functions = await superuser`
    select proname from pg_proc
    where pronamespace in ('ledger'::regnamespace, 'identity'::regnamespace) and prosecdef`;
  expect([...functions]).toEqual([]);
});

test("the book of one transaction is unknown to the next on the same connection", async () => {
  const single = createDb({
    ...app.deps.config.database.pool,
    size: 1,
    maxOverflow: 0,
    url: app.database.apiUrl,
    applicationName: "footing-test",
    mapError: () => null,
    onBackgroundError: () => undefined,
  });
  const visible = (scope: ReturnType<typeof scopeOf>) =>
    withTx(
      single,
      scope,
      (tx) => tx.sql<{ pid: number; rows: number }>`
      select pg_backend_pid() as pid, count(*)::int as rows from ledger.accounts`,
    );
  const failing = withTx(single, scopeOf(mine.bookId), (tx) => tx.sql`select 1 / 0`);
  try {
    await expect(failing).rejects.toThrow();
    const outcomes = [];
    for (const scope of [{ settings: {} }, scopeOf(mine.bookId), { settings: {} }])
      outcomes.push(...(await visible(scope)));
    expect(outcomes.map(({ rows }) => rows)).toEqual([0, 6, 0]);
    expect(new Set(outcomes.map(({ pid }) => pid)).size).toBe(1);
  } finally {
    await single.close(2000);
  }
});

test("findWallFaults finds none with the API's role, and says why for one that could pass", async () => {
  expect(await findWallFaults(app.db, "ledger")).toEqual([]);
  const [names] = await superuser<{ owner: string; superuser: string }[]>`
    select tableowner as owner, current_user as superuser from pg_tables where schemaname = 'ledger' limit 1`;
  const faultsAs = async (url: string, before?: string) => {
    if (before !== undefined) await superuser.unsafe(before);
    const db = createDb({
      ...app.deps.config.database.pool,
      url,
      applicationName: "footing-test",
      mapError: () => null,
      onBackgroundError: () => undefined,
    });
    return findWallFaults(db, "ledger").finally(() => db.close(2000));
  };
  const owns = (name: string | undefined) => `${name} owns tables of ledger, or is a member of their owner`;
  expect(await faultsAs(app.database.ownerUrl)).toEqual([owns(names?.owner)]);
  expect(await faultsAs(await superuserUrl(app.database.name))).toContain(`${names?.superuser} is a superuser`);
  const unforced = await faultsAs(app.database.apiUrl, "alter table ledger.prices no force row level security");
  expect(unforced).toEqual(["a table of ledger does not force row-level security"]);
  await superuser`alter table ledger.prices force row level security`;
  expect(await findWallFaults(app.db, "ledger")).toEqual([]);
});
