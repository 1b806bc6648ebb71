import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres, { type Sql } from "postgres";

export interface MigrateOptions {
  /** The owner's URL: the role that owns the schemas. */
  readonly url: string;
  /** The role that the API connects as; it is granted what it needs and nothing more. */
  readonly apiRole: string;
  /** drizzle-kit's folder, with `meta/_journal.json`. */
  readonly migrationsDirectory: string;
  /** Schemas whose tables and functions the API works with. */
  readonly schemas: readonly string[];
  readonly log: (line: string) => void;
  /** Runs as the owner after the migrations, before another process may begin with them. */
  readonly afterMigrating?: (sql: Sql) => Promise<void>;
}

/** Any number will do, as long as every process of this application asks for the same one. */
const advisoryLock = 0x666f6f74;

/**
 * Brings a database to the newest migration and grants the API's role its rights. Forward only. Processes that start
 * at the same time wait for one another under an advisory lock.
 *
 * @returns how many migrations were applied.
 * @throws when the database has a migration that this program does not know (it was migrated by a newer one), or when
 *   a migration that was applied has been changed since.
 */
export async function migrate(options: MigrateOptions): Promise<{ readonly applied: number }> {
  const sql = postgres(options.url, {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: "footing-migrate" },
  });
  try {
    await sql`select pg_advisory_lock(${advisoryLock})`;
    const before = await assertKnownHistory(sql, options.migrationsDirectory);
    await applyMigrations(drizzle(sql), { migrationsFolder: options.migrationsDirectory, migrationsSchema: "footing" });
    const after = await appliedHashes(sql);
    await grant(sql, options);
    await options.afterMigrating?.(sql);
    const applied = after.length - before;
    if (applied > 0) options.log(`applied ${applied} migration${applied === 1 ? "" : "s"}`);
    return { applied };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function appliedHashes(sql: Sql): Promise<string[]> {
  const [found] = await sql<
    { there: boolean }[]
  >`select to_regclass('footing.__drizzle_migrations') is not null as there`;
  if (found?.there !== true) return [];
  const rows = await sql<{ hash: string }[]>`select hash from footing.__drizzle_migrations order by created_at`;
  return rows.map((row) => row.hash);
}

/** drizzle's migrator looks at dates alone; this looks at what was applied. */
async function assertKnownHistory(sql: Sql, directory: string): Promise<number> {
  const known = readMigrationFiles({ migrationsFolder: directory }).map((migration) => migration.hash);
  const applied = await appliedHashes(sql);
  for (const [index, hash] of applied.entries()) {
    if (known[index] === hash) continue;
    throw new Error(
      index >= known.length
        ? `the database has ${applied.length} migrations and this program knows ${known.length}: start the newer program`
        : `migration number ${index + 1} was changed after it was applied: restore the file, and put the change in a new migration`,
    );
  }
  return applied.length;
}

async function grant(sql: Sql, { apiRole, schemas }: MigrateOptions): Promise<void> {
  for (const schema of schemas) {
    const [state] = await sql<{ complete: boolean }[]>`
      select has_schema_privilege(${apiRole}, ${schema}, 'usage') and not exists (
        select from pg_tables t
        where t.schemaname = ${schema}
          and not has_table_privilege(${apiRole}, format('%I.%I', t.schemaname, t.tablename), 'select,insert,update,delete')
      ) as complete`;
    if (state?.complete === true) continue;
    await sql`grant usage on schema ${sql(schema)} to ${sql(apiRole)}`;
    await sql`grant select, insert, update, delete on all tables in schema ${sql(schema)} to ${sql(apiRole)}`;
    await sql`grant execute on all functions in schema ${sql(schema)} to ${sql(apiRole)}`;
  }
}
