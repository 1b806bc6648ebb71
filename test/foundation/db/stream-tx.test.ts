import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  createDb,
  createPgErrorMapper,
  type Db,
  type ProduceTexts,
  type StreamTxOptions,
  streamTx,
  type Tx,
  withTx,
} from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";
import { BaseAppError, defineErrors } from "../../../src/foundation/errors/app-error.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createFaultProxy, type FaultProxy } from "../../support/fault-proxy.ts";

const { AppError } = defineErrors({
  REFUSED: { status: 403, title: "Refused", retryable: false, meaning: "", remedy: "" },
});
const scope = { settings: {} };
const size = 9;
const background: unknown[] = [];
let database: TestDatabase;
let proxy: FaultProxy;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = createFaultProxy(database.ownerUrl);
  db = createDb({
    url: proxy.through(database.ownerUrl),
    applicationName: "stream-tx-test",
    connectTimeoutSeconds: 5,
    size,
    maxOverflow: 0,
    queueMax: 100,
    acquireTimeoutMs: 500,
    overflowIdleTimeoutMs: 100,
    lifetimeMs: 3_600_000,
    statementTimeoutMs: 2000,
    lockTimeoutMs: 1000,
    openSocket: openTcpSocket,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: (error) => background.push(error),
  });
  await withTx(db, scope, (tx) => tx.sql`create table public.marks (id int primary key)`);
});

afterAll(async () => {
  await db.close(1000);
  proxy.stop();
  await database.drop();
});

let cuts: unknown[];
beforeEach(() => {
  cuts = [];
});

const open = (produce: ProduceTexts, options: StreamTxOptions = {}) =>
  streamTx(db, scope, produce, { onCutOff: (error) => cuts.push(error), ...options });

/** Long enough to be a chunk of its own. */
const long = (letter: string) => letter.repeat(70_000);

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected a failure");
}

/** Every place of the pool can be had at once, by transactions that are not inside another: nothing was kept. */
async function expectWholePool(): Promise<void> {
  let inside = 0;
  const all = Promise.withResolvers<void>();
  const meet = async (tx: Tx) => {
    await tx.sql`select 1`;
    inside += 1;
    if (inside === size) all.resolve();
    await all.promise;
  };
  await Promise.all(Array.from({ length: size }, () => withTx(db, scope, meet, { readOnly: true })));
  const idle = Promise.withResolvers<void>();
  const look = setInterval(() => db.stats().idle === db.stats().open && idle.resolve(), 5);
  await idle.promise;
  clearInterval(look);
  expect(background).toEqual([]);
}

async function* lettersOf(tx: Tx, letters: readonly string[], produced: string[] = []) {
  for (const letter of letters) {
    const [row] = await tx.sql<{ text: string }>`select repeat(${letter}, 70000) as text`;
    produced.push(letter);
    yield row?.text ?? "";
  }
}

describe("streamTx", () => {
  test("gives what the producer yields, in order and in UTF-8, and gives the connection back", async () => {
    const stream = await open(async function* (tx) {
      yield "ä";
      yield* lettersOf(tx, ["a", "b"]);
      yield "😀";
    });
    expect(await new Response(stream).text()).toBe(`ä${long("a")}${long("b")}😀`);
    expect(cuts).toEqual([]);
    await expectWholePool();
  });

  test("gives an empty text where nothing is yielded", async () => {
    expect(await new Response(await open(async function* () {})).text()).toBe("");
    await expectWholePool();
  });

  test("sees one snapshot however long it is read, and cannot write", async () => {
    const count = (tx: Tx) => tx.sql<{ n: number }>`select count(*)::int as n from public.marks`;
    const stream = await open(async function* (tx) {
      for (let page = 0; page < 3; page += 1) yield `${(await count(tx))[0]?.n}${" ".repeat(70_000)}`;
    });
    await withTx(db, scope, (tx) => tx.sql`insert into public.marks values (1)`);
    const text = await new Response(stream).text();
    expect(text.split(/ +/)).toEqual(["0", "0", "0", ""]);
    const writing = open(async function* (tx) {
      await tx.sql`insert into public.marks values (2)`;
      yield "written";
    });
    expect((await failureOf(writing)).message).toContain("read-only");
    await expectWholePool();
  });

  test("throws what fails before the first chunk, as withTx does: a guard, the producer, the database", async () => {
    const guarded = { settings: {}, guard: () => ({ name: "pg_catalog.no_such_function", args: [] }) };
    const early = [
      streamTx(db, guarded, (tx) => lettersOf(tx, ["a"])),
      open(async function* () {
        yield "begun";
        throw new AppError("REFUSED");
      }),
      open(async function* (tx) {
        await tx.sql`select 1 / 0`;
        yield "never";
      }),
    ];
    const [guard, refused, divided] = await Promise.all(early.map(failureOf));
    expect(guard?.message).toContain("no_such_function");
    expect(refused).toBeInstanceOf(BaseAppError);
    expect(divided?.message).toContain("division by zero");
    expect(cuts).toEqual([]);
    await expectWholePool();
  });

  test("is DATABASE_UNAVAILABLE where the connection is lost before the first chunk", async () => {
    proxy.cutAt("lost early", "before");
    const failure = await failureOf(open((tx) => lettersOf(tx, ["lost early"])));
    expect(failure).toMatchObject({ errorId: "DATABASE_UNAVAILABLE" });
    await expectWholePool();
  });

  test("is refused inside an open transaction, and refuses one inside its producer", async () => {
    const inner = withTx(db, scope, () => open((tx) => lettersOf(tx, ["a"])));
    expect((await failureOf(inner)).message).toContain("inside an open transaction");
    const outer = open(async function* () {
      yield await withTx(db, scope, async () => "never");
    });
    expect((await failureOf(outer)).message).toContain("inside an open transaction");
    await expectWholePool();
  });

  const failing: [string, (tx: Tx) => Promise<unknown>, string][] = [
    ["the producer", async () => Promise.reject(new Error("no more")), "no more"],
    ["a statement", (tx) => tx.sql`select 1 / 0`, "division by zero"],
    ["a statement whose error is swallowed", (tx) => tx.sql`select 1 / 0`.catch(() => null), "division by zero"],
    [
      "the connection",
      (tx) => {
        proxy.cutAt("lost midway", "before");
        return tx.sql`select 'lost midway'`;
      },
      "The connection to the database failed",
    ],
  ];
  test.each(failing)("a failure of %s midway errors the stream and is told, once", async (_, fail, message) => {
    const stream = await open(async function* (tx) {
      yield long("a");
      await fail(tx);
      yield "the end";
    });
    const reader = stream.getReader();
    expect((await reader.read()).done).toBe(false);
    const failure = await failureOf(reader.read());
    expect(`${failure.message} ${String(failure.cause)} ${failure.name}`).toMatch(
      message.startsWith("The connection") ? /DATABASE_UNAVAILABLE|connection|CONNECTION/ : new RegExp(message),
    );
    expect(cuts).toEqual([failure]);
    await expectWholePool();
  });

  test("makes no chunk before the reader asks for it", async () => {
    const produced: string[] = [];
    const stream = await open((tx) => lettersOf(tx, ["a", "b", "c", "d"], produced));
    const reader = stream.getReader();
    expect(produced).toEqual(["a"]);
    await reader.read();
    await withTx(db, scope, (tx) => tx.sql`select 1`);
    expect(produced).toEqual(["a"]);
    await reader.read();
    expect(produced).toEqual(["a", "b"]);
    await reader.cancel();
    await expectWholePool();
  });

  test("a reader who goes away ends it, whether it waits for the reader or for the database", async () => {
    let cleanedUp = 0;
    const produce: ProduceTexts = async function* (tx) {
      try {
        yield long("a");
        await tx.sql`select pg_sleep(0.2)`;
        yield* lettersOf(tx, ["b", "c"]);
      } finally {
        cleanedUp += 1;
      }
    };
    const unread = await open(produce);
    await unread.cancel();
    const reader = (await open(produce)).getReader();
    await reader.read();
    const waiting = reader.read();
    await reader.cancel();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await expectWholePool();
    expect(cuts).toEqual([]);
    expect(cleanedUp).toBe(2);
  });

  test("a reader who asks for nothing is cut off, at the start and midway", async () => {
    for (const reads of [0, 1]) {
      const cut = Promise.withResolvers<unknown>();
      const stream = await open((tx) => lettersOf(tx, ["a", "b", "c"]), {
        stallTimeoutMs: 30,
        onCutOff: cut.resolve,
      });
      const reader = stream.getReader();
      for (let read = 0; read < reads; read += 1) await reader.read();
      expect(String(await cut.promise)).toContain("asked for nothing for 30 ms");
      expect((await failureOf(reader.read())).message).toContain("asked for nothing");
      await expectWholePool();
    }
  });

  test("one that takes too long in all is cut off, in the middle of a statement too", async () => {
    const stream = await open(
      async function* (tx) {
        yield long("a");
        await tx.sql`select pg_sleep(0.3)`;
        yield "the end";
      },
      { totalTimeoutMs: 50 },
    );
    const failure = await failureOf(new Response(stream).text());
    expect(failure.message).toContain("took longer than 50 ms");
    expect(cuts).toHaveLength(1);
    await expectWholePool();
  });

  test("no more than a third of the pool streams at once, and one that ends, however it does, makes room", async () => {
    const endings: ((stream: ReadableStream<Uint8Array>) => Promise<unknown>)[] = [
      (stream) => stream.cancel(),
      (stream) => new Response(stream).text(),
    ];
    const others = [await open((tx) => lettersOf(tx, ["a"])), await open((tx) => lettersOf(tx, ["a"]))];
    for (const end of endings) {
      const stream = await open((tx) => lettersOf(tx, ["a"]));
      expect(await failureOf(open((tx) => lettersOf(tx, ["a"])))).toMatchObject({ errorId: "STREAMS_BUSY" });
      expect(await withTx(db, scope, (tx) => tx.sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
      await end(stream);
    }
    for (const fail of ["at once", "again"]) {
      const failing = open(() => {
        throw new Error(fail);
      });
      expect((await failureOf(failing)).message).toBe(fail);
    }
    await Promise.all(others.map((stream) => stream.cancel()));
    await expectWholePool();
  });
});
