import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import { createDb, createPgErrorMapper, withTx } from "../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../src/foundation/db/tcp-socket.ts";
import { BaseAppError } from "../../src/foundation/errors/app-error.ts";
import { withScratchDirectory } from "../support/scratch-directory.ts";

const scope = { settings: {} };
const size = 6;
const clients = 24;
const restarts = 4;

test("restarts of PostgreSQL under load leave no request unanswered, no connection lost to the pool and none forgotten on the server", async () => {
  await withScratchDirectory(async (directory) => {
    const start = () => startEmbedded({ directory, port, log: () => undefined, settings: { fsync: "off" } });
    const port = await freePort();
    let server = await start();
    const db = createDb({
      url: server.apiUrl,
      openSocket: openTcpSocket,
      applicationName: "restart-test",
      connectTimeoutSeconds: 2,
      size,
      maxOverflow: 0,
      queueMax: 100,
      acquireTimeoutMs: 3000,
      overflowIdleTimeoutMs: 100,
      lifetimeMs: 3_600_000,
      statementTimeoutMs: 3000,
      lockTimeoutMs: 1000,
      mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
      onBackgroundError: () => undefined,
    });
    const answers = new Map<string, number>();
    let over = false;
    const client = async () => {
      while (!over) {
        const readOnly = Math.random() < 0.5;
        const answer = await withTx(db, scope, (tx) => tx.sql`select pg_sleep(0.005)`, { readOnly }).then(
          () => "done",
          (error: unknown) => (error instanceof BaseAppError ? error.errorId : String(error)),
        );
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        await Bun.sleep(1);
      }
    };
    const load = Array.from({ length: clients }, client);
    for (let restart = 0; restart < restarts; restart += 1) {
      await Bun.sleep(150);
      await server.stop();
      server = await start();
    }
    await Bun.sleep(300);
    over = true;
    await Promise.all(load);

    expect([...answers.keys()].filter((answer) => !known.has(answer))).toEqual([]);
    expect(answers.get("done") ?? 0).toBeGreaterThan(0);
    // Every place of the pool can be used at once, and the server has no connection that the pool does not have.
    const gate = Promise.withResolvers<void>();
    let toArrive = size;
    const held = Array.from({ length: size }, () =>
      withTx(db, scope, async (tx) => {
        await tx.sql`select 1`;
        if (db.stats().open === size && --toArrive === 0) gate.resolve();
        await gate.promise;
      }),
    );
    await Promise.all(held);
    const [row] = await withTx(
      db,
      scope,
      (tx) => tx.sql<{ sessions: number }>`
      select count(*)::int as sessions from pg_stat_activity where application_name = 'restart-test'`,
    );
    expect(row?.sessions).toBe(db.stats().open);
    expect(db.stats()).toMatchObject({ open: size, waiting: 0 });
    await db.close(1000);
    await server.stop();
  });
}, 60_000);

const known = new Set(["done", "DATABASE_UNAVAILABLE", "COMMIT_OUTCOME_UNKNOWN", "POOL_TIMEOUT"]);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
