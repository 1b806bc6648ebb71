import { afterEach, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { type EmbeddedDatabase, startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import type { ApiProcess } from "../support/api-process.ts";
import { createTestDatabase, superuserUrl } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { createLedgerLoad } from "./support/ledger-load.ts";
import { findFreePort, settle, startOn, untilItWorks } from "./support/load-run.ts";

/** As many as the text of each test says; a full run may ask for more. */
const kills = Number(process.env["FAULT_KILLS"] ?? 20);
const databaseKills = Math.ceil(kills / 5);
const terminations = Math.ceil(kills / 2);
const clients = 8;

let api: ApiProcess | null = null;
afterEach(async () => {
  await api?.end("SIGKILL");
  api = null;
});

test("an API that is killed 20 times under load keeps every posting that it acknowledged, once and whole", async () => {
  const database = await createTestDatabase();
  api = await startOn(database);
  const load = await createLedgerLoad(() => api?.url ?? "", clients);
  for (let kill = 0; kill < kills; kill += 1) {
    await untilItWorks(load);
    await api.end("SIGKILL");
    api = await startOn(database);
  }
  await untilItWorks(load);
  await settle(`API killed ${kills} times`, load);
  await api.end("SIGTERM");
  await database.drop();
}, 300_000);

test("a PostgreSQL that is killed and started under load costs errors with ids, no restart of the API, and no posting", async () => {
  await withScratchDirectory(async (directory) => {
    const port = await findFreePort();
    let ended = Promise.withResolvers<void>();
    const start = () => {
      ended = Promise.withResolvers();
      const log = (line: string) => {
        if (line.includes("ended by itself")) ended.resolve();
      };
      return startEmbedded({ directory, port, log, settings: { fsync: "off" } });
    };
    let server = await start();
    const running = await startOn(server);
    api = running;
    const load = await createLedgerLoad(() => running.url, clients);
    for (let kill = 0; kill < databaseKills; kill += 1) {
      await untilItWorks(load);
      await killPostmaster(server);
      await ended.promise;
      await server.stop();
      server = await start();
    }
    await untilItWorks(load);
    await settle(`PostgreSQL killed ${databaseKills} times`, load);
    await running.end("SIGTERM");
    await server.stop();
  });
}, 300_000);

test("connections that are terminated in the middle of transactions lose nothing and write nothing twice", async () => {
  const database = await createTestDatabase();
  const admin = postgres(await superuserUrl("postgres"), { max: 1, fetch_types: false });
  api = await startOn(database);
  const load = await createLedgerLoad(() => api?.url ?? "", clients);
  let terminated = 0;
  for (let round = 0; round < terminations; round += 1) {
    await untilItWorks(load);
    const rows = await admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${database.name} and application_name = 'footing' and xact_start is not null`;
    terminated += rows.length;
  }
  await untilItWorks(load);
  await settle(`${terminated} connections terminated inside transactions`, load);
  expect(terminated).toBeGreaterThan(0);
  await admin.end();
  await api.end("SIGTERM");
  await database.drop();
}, 300_000);

/** Its sessions see that it has gone, and end. */
async function killPostmaster(server: EmbeddedDatabase): Promise<void> {
  const [pid = ""] = (await readFile(join(server.dataDirectory, "postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(pid), "SIGKILL");
}
