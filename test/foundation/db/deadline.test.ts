import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import { createDb, createPgErrorMapper, type Db, withTx } from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";
import { BaseAppError } from "../../../src/foundation/errors/index.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createFaultProxy } from "../../support/fault-proxy.ts";

const scope = { settings: {} };
let database: TestDatabase;
let admin: Sql;
let options: Parameters<typeof createDb>[0];
let db: Db;
const background: unknown[] = [];
/** What the present caller waits for, in milliseconds from now; null for ever. */
let patienceMs: number | null = null;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = postgres(database.ownerUrl, { max: 1, fetch_types: false });
  await admin`create table written (value int)`;
  await admin`grant all on written to public`;
  let deadline: number | undefined;
  let forPatience: number | null = null;
  options = {
    url: database.apiUrl,
    openSocket: openTcpSocket,
    applicationName: "deadline-test",
    connectTimeoutSeconds: 5,
    size: 1,
    maxOverflow: 0,
    queueMax: 2,
    acquireTimeoutMs: 20_000,
    overflowIdleTimeoutMs: 1000,
    lifetimeMs: 3_600_000,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 20_000,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: (error) => background.push(error),
    deadline: () => {
      if (patienceMs === null) return undefined;
      if (forPatience !== patienceMs) deadline = performance.now() + patienceMs;
      forPatience = patienceMs;
      return deadline;
    },
  };
  db = createDb(options);
});
afterAll(async () => {
  await db.close(2000);
  await admin.end();
  await database.drop();
});

const idOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof BaseAppError ? error.errorId : String(error)),
  );
const written = async () => (await admin<{ count: number }[]>`select count(*)::int from written`)[0]?.count;

test("a statement under way when the caller's time is up is cancelled in PostgreSQL, and nothing of its transaction stays", async () => {
  patienceMs = 200;
  const work = withTx(db, scope, async (tx) => {
    await tx.sql`insert into written values (1)`;
    await tx.sql`select pg_sleep(15)`;
  });
  expect(await idOf(work)).toBe("REQUEST_TIMEOUT");
  patienceMs = null;
  expect(await written()).toBe(0);
  const [running] = await admin<{ count: number }[]>`
    select count(*)::int from pg_stat_activity where application_name = 'deadline-test' and query like '%pg_sleep(15)%' and state = 'active'`;
  expect(running?.count).toBe(0);
  expect(await idOf(withTx(db, scope, (tx) => tx.sql`insert into written values (2)`))).toBe("done");
  expect(await written()).toBe(1);
});

/** Why PostgreSQL ended the statement that a REQUEST_TIMEOUT came of. */
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof BaseAppError && error.cause instanceof Error ? error.cause.message : error),
  );
const byRequest = "canceling statement due to user request";

test("the time is the whole transaction's, not each statement's: the one under way when it is up is cancelled", async () => {
  patienceMs = 300;
  const oneByOne = withTx(db, scope, async (tx) => {
    await tx.sql`insert into written values (1)`;
    await tx.sql`select pg_sleep(0.2)`;
    await tx.sql`select pg_sleep(15)`;
  });
  expect(await reasonOf(oneByOne)).toBe(byRequest);
  patienceMs = 301;
  const inOneFlight = withTx(
    db,
    scope,
    (tx) => Promise.all(Array.from({ length: 20 }, () => tx.sql`select pg_sleep(0.2)`)),
    { readOnly: true },
  );
  expect(await reasonOf(inOneFlight)).toBe(byRequest);
  patienceMs = null;
  expect(await written()).toBe(1);
});

test("a cancellation never meets what the connection does next", async () => {
  const seed = Date.now() % 1000;
  const ended = new Map<string, number>();
  for (let turn = 0; turn < 30; turn += 1) {
    // The deadline falls before, in and behind the statement's end.
    patienceMs = 25 + ((turn + seed) % 30) / 2 + turn / 1e6;
    const outcome = await idOf(withTx(db, scope, (tx) => tx.sql`select pg_sleep(0.03)`, { readOnly: turn % 2 === 0 }));
    ended.set(outcome, (ended.get(outcome) ?? 0) + 1);
    patienceMs = null;
    const next = withTx(db, scope, (tx) => tx.sql`select pg_sleep(0.005)`, { readOnly: turn % 3 === 0 });
    expect({ seed, turn, next: await idOf(next) }).toEqual({ seed, turn, next: "done" });
  }
  expect([...ended.keys()].filter((outcome) => !["done", "REQUEST_TIMEOUT"].includes(outcome))).toEqual([]);
  expect(ended.get("REQUEST_TIMEOUT") ?? 0).toBeGreaterThan(0);
  expect(background).toEqual([]);
});

test("a server that has gone silent is given up soon after the deadline, long before its statement could answer", async () => {
  const proxy = createFaultProxy(database.apiUrl);
  const behindIt = createDb({ ...options, url: proxy.through(database.apiUrl) });
  try {
    const warmUp = withTx(behindIt, scope, (tx) => tx.sql`select 1`);
    expect(await idOf(warmUp)).toBe("done");
    patienceMs = 200;
    const work = withTx(behindIt, scope, async (tx) => {
      await tx.sql`insert into written values (1)`;
      proxy.silence();
      await tx.sql`select 1`;
    });
    expect(await Promise.race([idOf(work), Bun.sleep(10_000)])).toBe("REQUEST_TIMEOUT");
    patienceMs = null;
    expect(await written()).toBe(1);
  } finally {
    patienceMs = null;
    await behindIt.close(0);
    proxy.stop();
  }
});

test("past the deadline no statement and no transaction is begun", async () => {
  patienceMs = 100;
  const sent: string[] = [];
  const work = withTx(db, scope, async (tx) => {
    await tx.sql`insert into written values (3)`;
    await Bun.sleep(150);
    sent.push("tried");
    await tx.sql`insert into written values (4)`;
  });
  expect([await idOf(work), sent]).toEqual(["REQUEST_TIMEOUT", ["tried"]]);
  expect(await idOf(withTx(db, scope, (tx) => tx.sql`insert into written values (5)`))).toBe("REQUEST_TIMEOUT");
  patienceMs = null;
  expect(await written()).toBe(1);
});

test("whoever waits for a connection waits no longer than its deadline, and only so many wait at a time", async () => {
  const held = Promise.withResolvers<void>();
  const holder = withTx(db, scope, async (tx) => {
    await tx.sql`select 1`;
    await held.promise;
  });
  await Bun.sleep(50);
  const waiting = [withTx(db, scope, (tx) => tx.sql`select 1`), withTx(db, scope, (tx) => tx.sql`select 1`)];
  await Bun.sleep(20);
  expect(db.stats().waiting).toBe(2);
  expect(await idOf(withTx(db, scope, (tx) => tx.sql`select 1`))).toBe("OVERLOADED");
  held.resolve();
  await holder;
  expect(await Promise.all(waiting.map(idOf))).toEqual(["done", "done"]);

  const again = Promise.withResolvers<void>();
  const second = withTx(db, scope, async (tx) => {
    await tx.sql`select 1`;
    await again.promise;
  });
  await Bun.sleep(50);
  patienceMs = 120;
  expect(await idOf(withTx(db, scope, (tx) => tx.sql`select 1`))).toBe("REQUEST_TIMEOUT");
  patienceMs = null;
  again.resolve();
  await second;
});
