import { afterEach, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { type EmbeddedDatabase, startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { createTestDatabase, superuserUrl } from "../support/database.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";
import { createLedgerLoad, describeAccounting, soundAccounting } from "./support/ledger-load.ts";

/** As many as the text of each test says; a full run may ask for more. */
const kills = Number(process.env["FAULT_KILLS"] ?? 20);
const databaseKills = Math.ceil(kills / 5);
const clients = 8;
/** Postings that must have been acknowledged between one fault and the next: each meets a service that works. */
const acknowledgedBetween = 15;

let api: ApiProcess | null = null;
afterEach(async () => {
  await api?.end("SIGKILL");
  api = null;
});

const startOn = (urls: { readonly apiUrl: string; readonly ownerUrl: string }) =>
  startApi({
    cwd: tmpdir(),
    env: {
      DATABASE_URL: urls.apiUrl,
      DATABASE_MIGRATION_URL: urls.ownerUrl,
      SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
      DB_POOL_SIZE: "6",
      DB_CONNECT_TIMEOUT_SECONDS: "2",
      API_RATE_LIMIT_REQUESTS: "1000000",
    },
  });

type Load = Awaited<ReturnType<typeof createLedgerLoad>>;

/** Resolves at some moment after the service has been seen to work again. */
async function untilItWorks(load: Load): Promise<void> {
  const enough = load.acknowledged() + acknowledgedBetween;
  while (load.acknowledged() < enough) await Bun.sleep(5);
  await Bun.sleep(Math.random() * 30);
}

async function settle(name: string, load: Load): Promise<void> {
  const accounting = await load.account();
  process.stdout.write(`${describeAccounting(name, accounting)}\n`);
  expect(accounting).toMatchObject(soundAccounting);
  expect(accounting.effects).toBe(accounting.settled);
}

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
}, 120_000);

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
}, 120_000);

test("connections that are terminated in the middle of transactions lose nothing and write nothing twice", async () => {
  const database = await createTestDatabase();
  const admin = postgres(await superuserUrl("postgres"), { max: 1, fetch_types: false });
  api = await startOn(database);
  const load = await createLedgerLoad(() => api?.url ?? "", clients);
  let terminated = 0;
  for (let round = 0; round < kills; round += 1) {
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
}, 120_000);

/** Its sessions see that it has gone, and end. */
async function killPostmaster(server: EmbeddedDatabase): Promise<void> {
  const [pid = ""] = (await readFile(join(server.dataDirectory, "postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(pid), "SIGKILL");
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
