import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { migrate } from "../foundation/db/migrate.ts";
import { settleInCluster } from "./cluster.ts";

const migrationsDirectory = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Brings Footing's database to the newest migration as its owner, grants the API's role its rights, and settles a
 * database that came from another cluster.
 * @returns how many migrations were applied.
 * @throws as `foundation/db/migrate.ts`.
 */
export async function migrateFooting(options: {
  /** What the API connects with. */
  readonly apiUrl: string;
  /** What migrations run with: the owner. */
  readonly migrationUrl: string;
  readonly log: (line: string) => void;
}): Promise<{ readonly applied: number }> {
  const { migrationUrl: url, log } = options;
  const apiRole = await roleOf(options.apiUrl);
  return migrate({
    url,
    apiRole,
    migrationsDirectory,
    schemas: ["identity", "ledger"],
    log,
    afterMigrating: (sql) => settleInCluster(sql, log),
  });
}

async function roleOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, fetch_types: false });
  try {
    const [row] = await sql<{ name: string }[]>`select current_user as name`;
    if (row === undefined) throw new Error("PostgreSQL did not say who the API's role is");
    return row.name;
  } finally {
    await sql.end();
  }
}
