import { afterAll, beforeAll, expect, test } from "bun:test";
import { createRequestDb, type RequestDb, streamTx, type Tx, withTx } from "../../src/foundation/db/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let requests: RequestDb;

beforeAll(async () => {
  database = await createTestDatabase();
  requests = createRequestDb({
    url: database.apiUrl,
    applicationName: "footing-test",
    size: 1,
    maxOverflow: 0,
    queueMax: 100,
    acquireTimeoutMs: 5_000,
    overflowIdleTimeoutMs: 1_000,
    lifetimeMs: 60_000,
    connectTimeoutSeconds: 5,
    statementTimeoutMs: 5_000,
    lockTimeoutMs: 5_000,
    closeTimeoutMs: 5_000,
    mapError: () => null,
    onBackgroundError: () => undefined,
  });
}, 60_000);

afterAll(() => database?.drop());

async function getBackend(tx: Tx): Promise<number> {
  const [row] = await tx.sql<{ pid: number }>`select pg_backend_pid() as pid`;
  return row?.pid ?? 0;
}

const backend = () => withTx(requests.db, { settings: {} }, getBackend, { readOnly: true });

/** Waits until PostgreSQL has seen these connections off; the test's own time limit ends it otherwise. */
async function untilEnded(backends: readonly number[]): Promise<void> {
  const countLeft = async (tx: Tx) => {
    const pids = backends.map(String);
    return (await tx.sql`select from pg_stat_activity where pid = any(${pids}::text[]::int[])`).length;
  };
  while ((await requests.withPool(() => withTx(requests.db, { settings: {} }, countLeft))) > 0) await Bun.sleep(20);
}

test("a request keeps to one connection that no other request has, and gives it up at its end", async () => {
  const serve = () =>
    requests.withPool(async () => [await backend(), await backend(), requests.db.stats().open] as const);
  const served = await Promise.all([serve(), serve(), serve()]);
  for (const [first, second, open] of served) expect([second, open]).toEqual([first, 1]);
  const backends = served.map(([first]) => first);
  expect(new Set(backends).size).toBe(3);
  await untilEnded(backends);
});

test("a connection is given up where the request throws, too, and what it threw is thrown on", async () => {
  const fault = new Error("a fault of the request");
  const backends: number[] = [];
  const failed = requests.withPool(async () => {
    backends.push(await backend());
    throw fault;
  });
  expect(await failed.catch((error) => error)).toBe(fault);
  expect(backends).toHaveLength(1);
  await untilEnded(backends);
});

test("the database is refused outside a request", async () => {
  expect(await backend().catch((error) => error.message)).toBe("the database was asked for outside withPool");
});

test("a streamed answer keeps the request's connection until it is sent, and drained says when", async () => {
  const order: string[] = [];
  const sent = Promise.withResolvers<ReadableStream<Uint8Array>>();
  const work = requests.withPool(async () => {
    const produce = async function* (tx: Tx) {
      for (let page = 0; page < 3; page += 1) yield `${await getBackend(tx)}${" ".repeat(70_000)}`;
    };
    sent.resolve(await streamTx(requests.db, { settings: {} }, produce));
    await requests.drained();
    order.push("drained");
    await backend();
  });
  const text = await new Response(await sent.promise).text();
  order.push("read");
  await work;
  expect(order.toSorted()).toEqual(["drained", "read"]);
  const backends = text.trim().split(/ +/);
  expect(backends).toHaveLength(3);
  expect(new Set(backends).size).toBe(1);
  await untilEnded(backends.map(Number));
});
