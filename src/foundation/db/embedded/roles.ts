import postgres from "postgres";
import type { Credentials } from "./credentials.ts";

/** The database and its two roles, by one name: `footing` gives `footing`, `footing_owner` and `footing_api`. */
export function urlsOf(name: string, port: number, credentials: Credentials) {
  const url = (role: string, password: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  return {
    superuserUrl: url("postgres", credentials.superuser, "postgres"),
    ownerUrl: url(`${name}_owner`, credentials.owner, name),
    apiUrl: url(`${name}_api`, credentials.api, name),
  };
}

/**
 * Makes what is missing of the database, its owner (who runs the migrations) and the API's role, which owns nothing.
 * Neither is a superuser or can bypass row-level security.
 */
export async function prepareDatabase(name: string, superuserUrl: string, credentials: Credentials): Promise<void> {
  const sql = postgres(superuserUrl, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    const [have] = await sql<{ roles: string[]; database: boolean }[]>`
      select array(select rolname::text from pg_roles) as roles,
        exists (select from pg_database where datname = ${name}) as database`;
    for (const [role, password] of [
      [`${name}_owner`, credentials.owner],
      [`${name}_api`, credentials.api],
    ] as const) {
      if (have?.roles.includes(role) === true) continue;
      // The password is of characters that need no quoting; DDL takes no parameters.
      await sql`create role ${sql(role)} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication
        password ${sql.unsafe(`'${password}'`)}`;
    }
    if (have?.database !== true) await sql`create database ${sql(name)} owner ${sql(`${name}_owner`)}`;
    await sql`revoke all on database ${sql(name)} from public`;
    await sql`grant connect on database ${sql(name)} to ${sql(`${name}_api`)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
