/**
 * Brings the configured database to the newest migration: `bun run migrate`. The API does the same as it starts; run
 * it by itself where the API's own start may not change the database.
 */
import { ConfigError, parseConfig } from "../src/config.ts";
import { migrateFooting } from "../src/db/migrate.ts";

function readDatabase() {
  try {
    return parseConfig(process.env).database;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

const { url, migrationUrl } = readDatabase();
if (url === undefined) {
  console.error("DATABASE_URL is not set: the embedded database is migrated by `bun run up` as it starts");
  process.exit(2);
}
const { applied } = await migrateFooting({ apiUrl: url, migrationUrl: migrationUrl ?? url, log: console.log });
if (applied === 0) console.log("nothing to apply");
