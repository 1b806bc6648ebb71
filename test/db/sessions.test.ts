import { afterEach, beforeEach, expect, test } from "bun:test";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { v7 as uuidV7 } from "uuid";
import { migrate } from "../../src/foundation/db/migrate.ts";
import { createTestDatabase, superuserUrl, type TestDatabase } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));
let database: TestDatabase;
let superuser: Sql;

beforeEach(async () => {
  database = await createTestDatabase();
  superuser = postgres(await superuserUrl(database.name), { max: 1, fetch_types: false, onnotice: () => undefined });
  await superuser`drop schema ledger, identity, footing cascade`;
});
afterEach(async () => {
  await superuser.end();
  await database.drop();
});

/** Migrates with the first so many migrations. */
const migrateThrough = (count: number) =>
  withScratchDirectory(async (directory) => {
    await cp(migrations, directory, { recursive: true });
    const path = join(directory, "meta/_journal.json");
    const journal = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    const apiRole = new URL(database.apiUrl).username;
    const log = () => undefined;
    await migrate({
      url: database.ownerUrl,
      apiRole,
      migrationsDirectory: directory,
      schemas: ["identity", "ledger"],
      log,
    });
  });

test("log-ins from before sessions had a table are sessions: open ones can be refreshed, revoked ones stay so", async () => {
  await migrateThrough(6);
  const userId = uuidV7();
  await superuser`
    insert into identity.users (id, email, password_hash, created_at) values (${userId}, 'ada@example.com', 'x', now())`;
  const [open, revoked] = [uuidV7(), uuidV7()];
  for (const [family, day, revokedAt] of [
    [open, 1, null],
    [open, 2, null],
    [revoked, 3, "2026-01-04T00:00:00Z"],
  ] as const) {
    await superuser`
      insert into identity.refresh_tokens (id, family_id, user_id, token_hash, expires_at, revoked_at, created_at)
      values (${uuidV7()}, ${family}, ${userId}, ${`${family} ${day}`}, ${`2026-02-0${day}T00:00:00Z`}, ${revokedAt},
        ${`2026-01-0${day}T00:00:00Z`})`;
  }
  await migrateThrough(7);
  const sessions = await superuser`
    select s.id, s.user_id, s.user_agent, s.created_at::date::text as begun, s.last_used_at::date::text as used,
      s.expires_at::date::text as ends, s.revoked_at is not null as revoked, count(t.id)::int as tokens
    from identity.sessions s join identity.refresh_tokens t on t.session_id = s.id group by s.id order by begun`;
  const shared = { user_id: userId, user_agent: null };
  expect([...sessions]).toEqual([
    { id: open, ...shared, begun: "2026-01-01", used: "2026-01-02", ends: "2026-02-02", revoked: false, tokens: 2 },
    { id: revoked, ...shared, begun: "2026-01-03", used: "2026-01-03", ends: "2026-02-03", revoked: true, tokens: 1 },
  ]);
});
