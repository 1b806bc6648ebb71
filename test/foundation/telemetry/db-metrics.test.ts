import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Db, streamTx, type Tx, withTx } from "../../../src/foundation/db/index.ts";
import { defineErrors } from "../../../src/foundation/errors/app-error.ts";
import { createDbObserver, poolNameOf } from "../../../src/foundation/telemetry/db-observer.ts";
import { observePool } from "../../../src/foundation/telemetry/db-observer-metrics.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createFaultProxy, type FaultProxy } from "../../support/fault-proxy.ts";
import { openObservedDb, until } from "./observed-db.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

const { AppError } = defineErrors({
  REFUSED: { status: 422, title: "Refused", retryable: false, meaning: "", remedy: "" },
});
const scope = { settings: {} };
const read = { readOnly: true };
const swallow = () => undefined;
let database: TestDatabase;
let proxy: FaultProxy;
let recorder: Recorder;
const opened: Db[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = createFaultProxy(database.ownerUrl);
  const plain = openObservedDb(database.ownerUrl, undefined);
  opened.push(plain);
  await withTx(plain, scope, (tx) => tx.sql`create table public.marks (id int primary key, note text not null)`);
  await withTx(plain, scope, (tx) => tx.sql`insert into public.marks values (1, 'a'), (2, 'b')`);
});

beforeEach(() => {
  recorder = createRecorder();
});

afterAll(async () => {
  await Promise.all(opened.map((db) => db.close(1000)));
  proxy.stop();
  await database.drop();
});

function open(pool: Parameters<typeof openObservedDb>[2] = {}, url = database.ownerUrl): Db {
  const db = openObservedDb(url, createDbObserver({ ...recorder, databaseUrl: url }), pool);
  opened.push(db);
  return db;
}

const settled = (db: Db) => until("every connection is back", () => db.stats().idle === db.stats().open);
const outcomes = (outcome: string, mode: string) =>
  recorder.count("db.client.transactions", { "db.transaction.outcome": outcome, "db.transaction.mode": mode });

test("every statement is counted once, by what it was", async () => {
  const db = open();
  const rounds = 40;
  await Promise.all(
    Array.from({ length: rounds }, () =>
      withTx(db, scope, (tx) => Promise.all([tx.sql`select note from public.marks`, tx.sql`select 1`]), read),
    ),
  );
  await settled(db);
  const counted = (summary: string) => recorder.count("db.client.operation.duration", { "db.query.summary": summary });
  expect(await counted("BEGIN")).toBe(rounds);
  expect(await counted("SELECT set_config")).toBe(rounds);
  expect(await counted("SELECT public.marks")).toBe(rounds);
  expect(await counted("SELECT")).toBe(rounds);
  expect(await counted("COMMIT")).toBe(rounds);
  expect(await recorder.count("db.client.operation.duration")).toBe(5 * rounds);
  expect(await recorder.count("db.client.connection.wait_time")).toBe(rounds);
});

test("a statement that failed is counted with its SQLSTATE", async () => {
  const db = open();
  const twice = (tx: Tx) => tx.sql`insert into public.marks values (1, 'again')`;
  await withTx(db, scope, twice).catch(swallow);
  await settled(db);
  const failed = {
    "db.query.summary": "INSERT public.marks",
    "db.response.status_code": "23505",
    "error.type": "23505",
  };
  expect(await recorder.count("db.client.operation.duration", failed)).toBe(1);
  expect(await recorder.count("db.client.operation.duration", { "db.query.summary": "ROLLBACK" })).toBe(1);
});

test("transactions are counted by their outcome and mode", async () => {
  const db = open({}, proxy.through(database.ownerUrl));
  const nothing = (tx: Tx) => tx.sql`select 1`;
  const throwing = (error: Error) => async () => {
    throw error;
  };
  await withTx(db, scope, nothing);
  await withTx(db, scope, nothing, read);
  await withTx(db, scope, nothing, read);
  await withTx(db, scope, nothing, { dryRun: true });
  await withTx(db, scope, throwing(new AppError("REFUSED"))).catch(swallow);
  await withTx(db, scope, throwing(new Error("a bug"))).catch(swallow);
  await withTx(db, scope, (tx) => tx.sql`select 1 / 0`, read).catch(swallow);
  await settled(db);
  proxy.cutAt("COMMIT", "after");
  await withTx(db, scope, nothing).catch(swallow);
  const stream = await streamTx(db, scope, async function* () {
    yield "text";
  });
  expect(await new Response(stream).text()).toBe("text");
  await settled(db);
  expect(await outcomes("committed", "write")).toBe(1);
  expect(await outcomes("committed", "read")).toBe(3);
  expect(await outcomes("dry_run", "write")).toBe(1);
  expect(await outcomes("rolled_back", "write")).toBe(1);
  expect(await outcomes("failed", "write")).toBe(1);
  expect(await outcomes("failed", "read")).toBe(1);
  expect(await outcomes("outcome_unknown", "write")).toBe(1);
  expect(await recorder.count("db.client.transactions")).toBe(9);
});

test("a retry is counted, and the transaction that it is of counts once", async () => {
  const db = open();
  const firstIn = Promise.withResolvers<void>();
  const secondIn = Promise.withResolvers<void>();
  let runs = 0;
  const cross = async (tx: Tx, ids: readonly [number, number], here: () => void, there: Promise<void>) => {
    runs += 1;
    await tx.sql`update public.marks set note = note where id = ${ids[0]}`;
    here();
    await there;
    await tx.sql`update public.marks set note = note where id = ${ids[1]}`;
  };
  await Promise.all([
    withTx(db, scope, (tx) => cross(tx, [1, 2], firstIn.resolve, secondIn.promise)),
    withTx(db, scope, (tx) => cross(tx, [2, 1], secondIn.resolve, firstIn.promise)),
  ]);
  await settled(db);
  // PostgreSQL may take both for the victim, where it looks at both at once.
  expect(runs).toBeGreaterThan(2);
  expect(await recorder.count("db.client.transaction.retries", { "db.response.status_code": "40P01" })).toBe(runs - 2);
  expect(await recorder.count("db.client.transaction.retries")).toBe(runs - 2);
  expect(await outcomes("committed", "write")).toBe(2);
  expect(await recorder.count("db.client.connection.wait_time")).toBe(runs);
});

test("a request that waits is seen waiting, and one that waits in vain is counted as a timeout", async () => {
  const db = open({ size: 1, acquireTimeoutMs: 50 });
  const name = poolNameOf(database.ownerUrl);
  let asked = 0;
  const stats = () => {
    asked += 1;
    return db.stats();
  };
  const stop = observePool(recorder.meter, { name, stats });
  const inside = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const held = withTx(db, scope, async (tx) => {
    await tx.sql`select 1`;
    inside.resolve();
    await go.promise;
  });
  await inside.promise;
  const inVain = withTx(db, scope, (tx) => tx.sql`select 1`).catch((error: unknown) => error);
  const connections = (state: string) =>
    recorder.count("db.client.connection.count", {
      "db.client.connection.pool.name": name,
      "db.client.connection.state": state,
    });
  expect(await recorder.count("db.client.connection.pending_requests")).toBe(1);
  expect([await connections("used"), await connections("idle")]).toEqual([1, 0]);
  await inVain;
  expect(await recorder.count("db.client.connection.pending_requests")).toBe(0);
  expect(await recorder.count("db.client.connection.timeouts", { "db.client.connection.pool.name": name })).toBe(1);
  expect(await outcomes("failed", "write")).toBe(1);
  go.resolve();
  await held;
  expect([await connections("used"), await connections("idle")]).toEqual([0, 1]);
  expect(await recorder.count("db.client.connection.wait_time")).toBe(1);
  stop();
  const before = asked;
  await recorder.metricsOf("db.client.connection.count");
  expect({ asked, before: before > 0 }).toEqual({ asked: before, before: true });
});
