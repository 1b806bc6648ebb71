import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDb, createPgErrorMapper, type Db, withTx } from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";
import { BaseAppError } from "../../../src/foundation/errors/app-error.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const scope = { settings: {} };
let database: TestDatabase;
const opened: Db[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(opened.map((db) => db.close(1000)));
  await database.drop();
});

function openDb(pool: {
  size: number;
  maxOverflow: number;
  acquireTimeoutMs?: number;
  overflowIdleTimeoutMs?: number;
}): Db {
  const db = createDb({
    url: database.apiUrl,
    applicationName: "pool-test",
    connectTimeoutSeconds: 5,
    queueMax: 100,
    acquireTimeoutMs: 5000,
    overflowIdleTimeoutMs: 50,
    lifetimeMs: 3_600_000,
    statementTimeoutMs: 5000,
    lockTimeoutMs: 2000,
    openSocket: openTcpSocket,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: (error) => {
      throw error;
    },
    ...pool,
  });
  opened.push(db);
  return db;
}

/** A transaction that stays open until it is let go. */
function hold(db: Db) {
  const gate = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const done = withTx(db, scope, async (tx) => {
    await tx.sql`select 1`;
    inside.resolve();
    await gate.promise;
  });
  return { inside: inside.promise, letGo: gate.resolve, done };
}

test("AC12.20.3 DB_POOL_SIZE and DB_MAX_OVERFLOW take effect: a burst opens both, and the overflow is given back after it", async () => {
  const db = openDb({ size: 2, maxOverflow: 3 });
  const held = Array.from({ length: 5 }, () => hold(db));
  await Promise.all(held.map(({ inside }) => inside));
  expect(db.stats()).toMatchObject({ open: 5, idle: 0, waiting: 0 });
  const sixth = hold(db);
  await Bun.sleep(20);
  expect(db.stats()).toMatchObject({ open: 5, waiting: 1 });
  for (const { letGo } of [...held, sixth]) letGo();
  await Promise.all([...held, sixth].map(({ done }) => done));
  while (db.stats().open > 2) await Bun.sleep(10);
  await Bun.sleep(100);
  expect(db.stats()).toMatchObject({ open: 2, idle: 2, waiting: 0 });
});

test("serves waiting requests in the order in which they came", async () => {
  const db = openDb({ size: 1, maxOverflow: 0 });
  const first = hold(db);
  await first.inside;
  const order: number[] = [];
  const waiting = [1, 2, 3, 4].map((n) => withTx(db, scope, async () => void order.push(n)));
  first.letGo();
  await Promise.all([first.done, ...waiting]);
  expect(order).toEqual([1, 2, 3, 4]);
});

test("answers 503 POOL_TIMEOUT once a request has waited its time, and serves on afterwards", async () => {
  const db = openDb({ size: 1, maxOverflow: 0, acquireTimeoutMs: 50 });
  const first = hold(db);
  await first.inside;
  const error = await withTx(db, scope, async () => 1).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BaseAppError);
  expect(error).toMatchObject({ errorId: "POOL_TIMEOUT", status: 503 });
  expect(db.stats()).toMatchObject({ timeouts: 1, waiting: 0 });
  first.letGo();
  await first.done;
  expect(await withTx(db, scope, async () => 2)).toBe(2);
});

test("closing refuses new work and lets the work under way finish", async () => {
  const db = openDb({ size: 1, maxOverflow: 0 });
  const first = hold(db);
  await first.inside;
  const closed = db.close(2000);
  expect(await withTx(db, scope, async () => 1).catch((error: BaseAppError) => error.errorId)).toBe(
    "DATABASE_UNAVAILABLE",
  );
  first.letGo();
  await Promise.all([first.done, closed]);
  expect(db.stats()).toMatchObject({ open: 0 });
});

function openDbAt(url: string): Db {
  const db = createDb({
    ...openDb({ size: 1, maxOverflow: 0 }).settings,
    url,
    applicationName: "pool-test",
    connectTimeoutSeconds: 1,
    size: 1,
    maxOverflow: 0,
    queueMax: 100,
    acquireTimeoutMs: 500,
    overflowIdleTimeoutMs: 50,
    lifetimeMs: 1000,
  });
  opened.push(db);
  return db;
}

test("a server that takes connections and closes them again is DATABASE_UNAVAILABLE too, within the time for connecting", async () => {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (socket) => void socket.end(), data() {} },
  });
  const db = openDbAt(`postgres://nobody@127.0.0.1:${server.port}/none`);
  const error = await withTx(db, scope, (tx) => tx.sql`select 1`).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ errorId: "DATABASE_UNAVAILABLE" });
  expect(db.stats().open).toBe(0);
  server.stop(true);
});

test("a database that cannot be reached is DATABASE_UNAVAILABLE, and no connection is kept of it", async () => {
  const db = openDbAt("postgres://nobody@127.0.0.1:1/none");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const error = await withTx(db, scope, (tx) => tx.sql`select 1`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ errorId: "DATABASE_UNAVAILABLE" });
  }
});
