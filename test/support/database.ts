import { randomInt } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { migrateFooting } from "../../src/db/migrate.ts";
import { atEnd } from "./at-end.ts";
import { startTestServer } from "./test-server.ts";

export interface TestDatabase {
  readonly name: string;
  /** As a role that owns nothing and cannot bypass row-level security. */
  readonly apiUrl: string;
  /** As the owner of everything in it. */
  readonly ownerUrl: string;
  /** Ends whatever is connected to it. */
  drop(): Promise<void>;
}

interface Run {
  readonly admin: Sql;
  /** What the names of this run's databases begin with. */
  readonly prefix: string;
  readonly template: string;
  readonly urlOf: (database: string, role?: string) => string;
}

const owner = "footing_test_owner";
const api = "footing_test_api";
const password = "footing_test";
/** The first half of an advisory lock's key: the second half of a run's own is its number. */
const lockClass = 0x666f7474;

let run: Promise<Run> | null = null;
let clones = 0;

/** A new database with every migration applied and nothing in it, cloned from one that is made once per run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  run ??= startRun();
  const { admin, prefix, template, urlOf } = await run;
  clones += 1;
  const name = `${prefix}_${clones}`;
  await admin`create database ${admin(name)} template ${admin(template)} owner ${admin(owner)}`;
  return {
    name,
    apiUrl: urlOf(name, api),
    ownerUrl: urlOf(name, owner),
    async drop() {
      await admin`drop database if exists ${admin(name)} with (force)`;
    },
  };
}

/** As a superuser, to any database of the tests' server: for what a test does behind the application's back. */
export async function superuserUrl(database: string): Promise<string> {
  run ??= startRun();
  return (await run).urlOf(database);
}

async function startRun(): Promise<Run> {
  const serverUrl = await startTestServer();
  // One connection for the whole run: it holds the run's lock.
  const admin = postgres(serverUrl, { max: 1, fetch_types: false, onnotice: () => undefined });
  const number = randomInt(1, 2 ** 31);
  const prefix = `footing_test_${number}`;
  const template = `${prefix}_template`;
  const urlOf = (database: string, role?: string) => {
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    if (role !== undefined) Object.assign(url, { username: role, password });
    return url.href;
  };
  await admin`select pg_advisory_lock(${lockClass}, ${number})`;
  atEnd(async () => {
    await dropDatabases(admin, prefix);
    await admin.end({ timeout: 5 });
  });
  await dropDeadRuns(admin);
  await createRoles(admin);
  await createTemplate(admin, template);
  await migrateFooting({ apiUrl: urlOf(template, api), migrationUrl: urlOf(template, owner), log: () => undefined });
  await admin`alter database ${admin(template)} allow_connections false`;
  return { admin, prefix, template, urlOf };
}

/** Roles belong to the whole server, and two runs may begin at once. */
async function createRoles(admin: Sql): Promise<void> {
  await admin`select pg_advisory_lock(${lockClass}, 0)`;
  for (const role of [owner, api]) {
    const [found] = await admin`select from pg_roles where rolname = ${role}`;
    if (found === undefined) await admin`create role ${admin(role)}`;
    await admin`alter role ${admin(role)} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication
      password ${admin.unsafe(`'${password}'`)}`;
  }
  await admin`select pg_advisory_unlock(${lockClass}, 0)`;
}

/** Sorted by code point, as the embedded database is, whatever the server's own locale. */
async function createTemplate(admin: Sql, template: string): Promise<void> {
  const [server] = await admin<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
  const locale =
    (server?.version ?? 0) >= 170000
      ? "locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
      : "lc_collate 'C' lc_ctype 'C.UTF-8'";
  await admin`create database ${admin(template)} template template0 encoding 'UTF8' ${admin.unsafe(locale)} owner ${admin(owner)}`;
}

/** What runs left behind that were killed: those whose lock nobody holds. */
async function dropDeadRuns(admin: Sql): Promise<void> {
  const rows = await admin<{ run: number }[]>`
    select distinct substring(datname from '^footing_test_(\\d+)_')::int as run
    from pg_database where datname ~ '^footing_test_\\d+_'`;
  for (const { run: number } of rows) {
    const [lock] = await admin<{ taken: boolean }[]>`select pg_try_advisory_lock(${lockClass}, ${number}) as taken`;
    if (lock?.taken !== true) continue;
    await dropDatabases(admin, `footing_test_${number}`);
    await admin`select pg_advisory_unlock(${lockClass}, ${number})`;
  }
}

async function dropDatabases(admin: Sql, prefix: string): Promise<void> {
  const rows = await admin<{ name: string }[]>`
    select datname as name from pg_database where starts_with(datname, ${`${prefix}_`})`;
  for (const { name } of rows) await admin`drop database if exists ${admin(name)} with (force)`;
}
