import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { migrateFooting } from "../../src/db/migrate.ts";
import { migrate } from "../../src/foundation/db/migrate.ts";
import { createTestDatabase, superuserUrl, type TestDatabase } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));
let database: TestDatabase;
let superuser: Sql;
let lines: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  superuser = postgres(await superuserUrl(database.name), { max: 1, fetch_types: false, onnotice: () => undefined });
  lines = [];
});
afterEach(async () => {
  await superuser.end();
  await database.drop();
});

const urls = () => ({
  apiUrl: database.apiUrl,
  migrationUrl: database.ownerUrl,
  log: (line: string) => lines.push(line),
});

/** As it was before the first migration. */
const empty = () => superuser`drop schema ledger, identity, footing cascade`;

const known = async (): Promise<number> => {
  const journal = JSON.parse(await readFile(join(migrations, "meta/_journal.json"), "utf8"));
  return journal.entries.length;
};

/** With a copy of the migrations, to change. */
const withMigrations = <T>(work: (directory: string) => Promise<T>) =>
  withScratchDirectory(async (directory) => {
    await cp(migrations, directory, { recursive: true });
    return work(directory);
  });

const migrateFrom = (migrationsDirectory: string) =>
  migrate({
    url: database.ownerUrl,
    apiRole: new URL(database.apiUrl).username,
    migrationsDirectory,
    schemas: ["identity", "ledger"],
    log: (line) => lines.push(line),
  });

/** A migration after the newest. */
async function addMigration(directory: string, sql: string): Promise<void> {
  const path = join(directory, "meta/_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8"));
  const last = journal.entries.at(-1);
  const tag = `${String(last.idx + 1).padStart(4, "0")}_later`;
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag });
  await writeFile(path, JSON.stringify(journal));
  await writeFile(join(directory, `${tag}.sql`), sql);
}

const tablesOf = async (schema: string) =>
  (
    await superuser<{ name: string }[]>`select tablename as name from pg_tables where schemaname = ${schema} order by 1`
  ).map(({ name }) => name);

test("an empty database gets every migration once, and the API's role its rights on every table", async () => {
  await empty();
  expect(await migrateFooting(urls())).toEqual({ applied: await known() });
  expect(lines).toEqual([`applied ${await known()} migrations`]);
  const api = postgres(database.apiUrl, { max: 1, fetch_types: false });
  try {
    for (const schema of ["identity", "ledger"]) {
      for (const table of await tablesOf(schema))
        expect([...(await api`select from ${api(schema)}.${api(table)}`)]).toEqual([]);
    }
    await expect((async () => api`select from footing.__drizzle_migrations`)()).rejects.toMatchObject({
      code: "42501",
    });
  } finally {
    await api.end();
  }
});

test("applying again applies nothing and says nothing", async () => {
  expect(await migrateFooting(urls())).toEqual({ applied: 0 });
  expect(lines).toEqual([]);
});

test("of processes that start at once one applies the migrations and the others wait for it", async () => {
  await empty();
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateFooting(urls())));
  expect(outcomes.map(({ applied }) => applied).toSorted()).toEqual([0, 0, 0, await known()]);
  expect(lines.length).toBe(1);
});

test("a later migration alone is applied, with rights on its tables", async () => {
  await withMigrations(async (directory) => {
    await addMigration(directory, "create table ledger.later (book_id uuid primary key)");
    expect(await migrateFrom(directory)).toEqual({ applied: 1 });
  });
  expect(lines).toEqual(["applied 1 migration"]);
  const [right] = await superuser`
    select has_table_privilege(${new URL(database.apiUrl).username}, 'ledger.later', 'insert') as granted`;
  expect(right?.["granted"]).toBe(true);
});

test("a migration that fails leaves nothing, and the mended one is applied", async () => {
  const before = await tablesOf("ledger");
  await withMigrations(async (directory) => {
    await addMigration(directory, "create table ledger.half (id int);\n--> statement-breakpoint\nselect 1 / 0");
    await expect(migrateFrom(directory)).rejects.toThrow();
  });
  expect(await tablesOf("ledger")).toEqual(before);
  await withMigrations(async (directory) => {
    await addMigration(directory, "create table ledger.whole (id int)");
    expect(await migrateFrom(directory)).toEqual({ applied: 1 });
  });
});

test("a migration that was changed after it was applied is refused, and nothing is applied", async () => {
  await withMigrations(async (directory) => {
    await addMigration(directory, "create table ledger.later (id int)");
    const { entries } = JSON.parse(await readFile(join(directory, "meta/_journal.json"), "utf8"));
    await appendFile(join(directory, `${entries[1].tag}.sql`), "\n-- a thought");
    await expect(migrateFrom(directory)).rejects.toThrow(
      "migration number 2 was changed after it was applied: restore the file, and put the change in a new migration",
    );
  });
  expect(await tablesOf("ledger")).not.toContain("later");
});

test("a database that a newer program has migrated is refused", async () => {
  await withMigrations(async (directory) => {
    await addMigration(directory, "create table ledger.later (id int)");
    await migrateFrom(directory);
  });
  const count = await known();
  await expect(migrateFooting(urls())).rejects.toThrow(
    `the database has ${count + 1} migrations and this program knows ${count}: start the newer program`,
  );
});
