import { afterEach, beforeEach, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import { migrateFooting } from "../../src/db/migrate.ts";
import { createPeriodBook, type PeriodBook } from "../api/periods/period-book.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { createTestDatabase, superuserUrl } from "../support/database.ts";

let app: TestApp;
let superuser: Sql;
let lines: string[];
beforeEach(async () => {
  app = await createTestApp();
  superuser = postgres(await superuserUrl(app.database.name), { max: 1, fetch_types: false });
  lines = [];
});
afterEach(async () => {
  await superuser.end();
  await app.close();
});

const start = (apiUrl = app.database.apiUrl, migrationUrl = app.database.ownerUrl) =>
  migrateFooting({ apiUrl, migrationUrl, log: (line) => lines.push(line) });
const cameFrom = (cluster: string) => [
  `the database came from another cluster of PostgreSQL (${cluster}): its transactions have new ids`,
];

/** Ids as another cluster might have them, which this one has not reached. */
const farAhead = 1_000_000_000_000;

/** Makes the database one of another cluster, whose ids were higher. */
function moveAway(sql: Sql): Promise<unknown> {
  const shifted = (column: string) => `
    (select format('%s:%s:%s', pg_snapshot_xmin(${column})::text::bigint + ${farAhead},
      pg_snapshot_xmax(${column})::text::bigint + ${farAhead},
      (select string_agg((xid::text::bigint + ${farAhead})::text, ',' order by xid) from pg_snapshot_xip(${column}) as xid)
    )::pg_snapshot where ${column} is not null)`;
  return sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const table of ["journal_entries", "price_versions"]) {
      await tx.unsafe(
        `update ledger.${table} set recorded_xid = (recorded_xid::text::bigint + ${farAhead})::text::xid8`,
      );
    }
    await tx.unsafe(`update ledger.period_closes set knowledge = ${shifted("knowledge")},
      reopen_knowledge = ${shifted("reopen_knowledge")}`);
    await tx`update footing.cluster set system_identifier = 'another'`;
  });
}

/** What each close and each reopening had seen: entries, and versions of prices. */
const seen = (sql: Sql) => sql`
  select c.id, c.reopened_at is not null as reopened, (
      select json_agg(json_build_array(e.id, pg_visible_in_snapshot(e.recorded_xid, c.knowledge),
        pg_visible_in_snapshot(e.recorded_xid, c.reopen_knowledge)) order by e.id)
      from ledger.journal_entries e where e.book_id = c.book_id) as entries, (
      select json_agg(json_build_array(v.price, pg_visible_in_snapshot(v.recorded_xid, c.knowledge),
        pg_visible_in_snapshot(v.recorded_xid, c.reopen_knowledge)) order by v.price)
      from ledger.price_versions v where v.book_id = c.book_id) as prices
  from ledger.period_closes c order by c.id`;

/** The versions of each price, in their order. */
const versions = (sql: Sql) => sql`
  select book_id, date, array_agg(price order by version) as prices from ledger.price_versions
  group by book_id, date order by book_id, date`;

const recordPrice = (book: PeriodBook, day: string, price: number) => superuser`
  insert into ledger.price_versions (book_id, commodity, quote, date, version, recorded_xid, recorded_at, price)
  values (${book.bookId}, 'ACME', 'USD', ${day}, ${price}, pg_current_xact_id(), now(), ${price})`;

/** Closes and reopenings with entries and corrected prices before, between and after them. */
async function fill(book: PeriodBook): Promise<void> {
  let price = 0;
  const live = async (date: string) => {
    for (const day of ["2024-01-01", "2024-01-02"]) {
      for (let at = 0; at < 3; at += 1) await recordPrice(book, day, ++price);
    }
    await book.move({ date, debit: "Assets", credit: "Income" });
  };
  await live("2024-01-15");
  const january = await book.closed("2024-01-31", { retained_earnings: { account_path: "Equity:Retained" } });
  await live("2024-02-15");
  await book.reopen(january.id);
  await live("2024-01-15");
  await book.closed("2024-01-31", { retained_earnings: { account_path: "Equity:Retained" } });
  await book.closed("2024-02-29");
  await live("2024-03-15");
}

test("a database stays what it is in its own cluster", async () => {
  await fill(await createPeriodBook(app));
  const before = await superuser`select id, recorded_xid from ledger.journal_entries order by id`;
  await start();
  expect(lines).toEqual([]);
  expect([...(await superuser`select id, recorded_xid from ledger.journal_entries order by id`)]).toEqual([...before]);
});

test("in another cluster every close and reopening still has seen what it had, and what comes is after all of it", async () => {
  const books = [await createPeriodBook(app), await createPeriodBook(app)];
  await Promise.all(books.map(fill));
  const before = { seen: await seen(superuser), versions: await versions(superuser) };
  await moveAway(superuser);
  await start();
  expect(lines).toEqual(cameFrom("another"));
  expect({ seen: await seen(superuser), versions: await versions(superuser) }).toEqual(before);

  for (const book of books) {
    const { id } = await book.move({ date: "2024-03-15", debit: "Assets", credit: "Income" });
    const [known] = await superuser`
      select bool_or(pg_visible_in_snapshot(e.recorded_xid, c.knowledge)) as old,
        bool_and(e.recorded_xid > o.recorded_xid) as newest
      from ledger.journal_entries e, ledger.period_closes c, ledger.journal_entries o
      where e.id = ${id} and c.book_id = e.book_id and o.book_id = e.book_id and o.id <> e.id`;
    expect(known).toEqual({ old: false, newest: true });
    expect((await book.get("/verify")).body.status).toBe("ok");
  }
  await start();
  expect(lines.length).toBe(1);
});

test("what is moved is walled and kept as before", async () => {
  const book = await createPeriodBook(app);
  await fill(book);
  const state = () => superuser`
    select c.relname, c.relrowsecurity, c.relforcerowsecurity,
      (select json_agg(json_build_array(t.tgname, t.tgenabled) order by t.tgname) from pg_trigger t where t.tgrelid = c.oid) as triggers
    from pg_class c where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r' order by 1`;
  const before = await state();
  await moveAway(superuser);
  await start();
  expect([...(await state())]).toEqual([...before]);
  expect(lines.length).toBe(1);
});

test("every column of the ledger that belongs to a cluster is among those that are moved", async () => {
  const columns = await superuser<{ name: string }[]>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema in ('ledger', 'identity') and udt_name in ('xid8', 'xid', 'pg_snapshot', 'txid_snapshot') order by 1`;
  expect(columns.map(({ name }) => name)).toEqual([
    "journal_entries.recorded_xid",
    "period_closes.knowledge",
    "period_closes.reopen_knowledge",
    "price_versions.recorded_xid",
  ]);
});

test("the API's role cannot say which cluster it is", async () => {
  const api = postgres(app.database.apiUrl, { max: 1, fetch_types: false });
  await expect((async () => api`select from footing.cluster`)()).rejects.toMatchObject({ code: "42501" });
  await api.end();
});

/** Null where there is no pg_dump as new as the server, which would refuse to read it. */
async function dumper(): Promise<((url: string) => Promise<Uint8Array>) | null> {
  const [dump, restore] = [Bun.which("pg_dump"), Bun.which("psql")];
  if (dump === null || restore === null) return null;
  const sql = postgres(await superuserUrl("postgres"), { max: 1, fetch_types: false });
  const [server] = await sql<{ major: number }[]>`select current_setting('server_version_num')::int / 10000 as major`;
  await sql.end();
  const version = /(\d+)\./.exec(await Bun.$`${dump} --version`.text())?.[1];
  if (server === undefined || Number(version) < server.major) return null;
  return async (url) => new Uint8Array(await Bun.$`${dump} ${url}`.arrayBuffer());
}

const dump = await dumper();

test.skipIf(dump === null)(
  "what pg_dump takes out of one cluster and psql puts into another is the same ledger (skipped without a pg_dump as new as the server)",
  async () => {
    const book = await createPeriodBook(app);
    await fill(book);
    await moveAway(superuser);
    const before = { seen: await seen(superuser), versions: await versions(superuser) };
    const text = await dump?.(await superuserUrl(app.database.name));

    const target = await createTestDatabase();
    const url = await superuserUrl(target.name);
    const restored = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
    try {
      await restored`drop schema ledger, identity, footing cascade`;
      await Bun.$`psql --quiet --set ON_ERROR_STOP=1 ${url} < ${new Response(text)}`.quiet();
      await start(target.apiUrl, target.ownerUrl);
      expect(lines).toEqual(cameFrom("another"));
      expect({ seen: await seen(restored), versions: await versions(restored) }).toEqual(before);
      const [future] = await restored`
        select count(*)::int as entries from ledger.journal_entries where recorded_xid >= pg_current_xact_id()`;
      expect(future).toEqual({ entries: 0 });
      const refused = restored`update ledger.journal_entries set memo = 'x'`;
      await expect((async () => refused)()).rejects.toMatchObject({ constraint_name: "posted_entries_never_change" });
    } finally {
      await restored.end();
      await target.drop();
    }
  },
  60_000,
);
