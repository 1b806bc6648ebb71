import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AsyncLocalStorage } from "node:async_hooks";
import {
  createDb,
  createGroupCommit,
  createPgErrorMapper,
  type Db,
  type GroupedWrite,
  type Tx,
  withTx,
} from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";
import { BaseAppError } from "../../../src/foundation/errors/app-error.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createFaultProxy, type FaultProxy } from "../../support/fault-proxy.ts";

interface Item {
  readonly id: number;
  /** What `apply` does with it: writes it, puts it aside, or fails on it with all others. */
  readonly kind?: "good" | "aside" | "failing";
}

const scope = { settings: {} };
const request = new AsyncLocalStorage<{ readonly deadline?: number }>();
let database: TestDatabase;
let proxy: FaultProxy;
let db: Db;
let next = 1;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = createFaultProxy(database.ownerUrl);
  db = createDb({
    url: proxy.through(database.ownerUrl),
    applicationName: "group-commit-test",
    connectTimeoutSeconds: 5,
    size: 12,
    maxOverflow: 0,
    queueMax: 8,
    acquireTimeoutMs: 5000,
    overflowIdleTimeoutMs: 100,
    lifetimeMs: 3_600_000,
    statementTimeoutMs: 5000,
    lockTimeoutMs: 5000,
    openSocket: openTcpSocket,
    deadline: () => request.getStore()?.deadline,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: () => undefined,
  });
  await withTx(
    db,
    scope,
    (tx) => tx.sql`
    create table public.marks (id int not null, xid xid8 not null default pg_current_xact_id(), alone boolean not null)`,
  );
});

afterAll(async () => {
  await db.close(1000);
  proxy.stop();
  await database.drop();
});

/** A group commit over the marks, and what it was asked to do together. */
function createMarks({ workMax = 100, results = (made: unknown[]) => made } = {}) {
  const batches: number[][] = [];
  const contexts: unknown[] = [];
  const run = createGroupCommit<Item, string>(db, {
    scopeOf: () => ({ settings: { "test.opening": "of a group" } }),
    workOf: () => 1,
    workMax,
    apply: async (tx, items) => {
      batches.push(items.map(({ id }) => id));
      contexts.push(request.getStore());
      if (items.some(({ kind }) => kind === "failing")) await tx.sql`select 1 / 0`;
      const good = items.filter(({ kind = "good" }) => kind === "good").map(({ id }) => String(id));
      await tx.sql`insert into public.marks (id, alone) select unnest(${good}::text[])::int, false`;
      return results(items.map(({ kind = "good" }) => (kind === "good" ? "together" : null))) as (string | null)[];
    },
  });
  return { run, batches, contexts };
}

async function alone(item: Item): Promise<string> {
  await withTx(db, scope, async (tx: Tx) => {
    if (item.kind === "failing") await tx.sql`select 1 / 0`;
    await tx.sql`insert into public.marks (id, alone) values (${item.id}, true)`;
  });
  return "alone";
}

const write = (item: Item, more: Partial<GroupedWrite<Item, string>> = {}): GroupedWrite<Item, string> => ({
  queue: "one",
  item,
  unique: null,
  alone: () => alone(item),
  ...more,
});

/** Items with ids of their own. */
const items = (...kinds: Item["kind"][]): Item[] => kinds.map((kind = "good") => ({ id: next++, kind }));

/** Until no transaction is open: a read's COMMIT is sent behind it, and is not the one to be cut. */
async function quiet(): Promise<void> {
  while (db.stats().idle < db.stats().open) await Bun.sleep(1);
}

/** Occupies the queue with one write until all others were handed over; what became of these. */
async function behindAnother<T>(
  { run }: ReturnType<typeof createMarks>,
  hand: () => readonly Promise<T>[],
): Promise<PromiseSettledResult<T>[]> {
  const gate = Promise.withResolvers<string>();
  const first = run(write({ id: 0 }, { alone: () => gate.promise }));
  const others = Promise.allSettled(hand());
  gate.resolve("first");
  expect(await first).toBe("first");
  return others;
}

async function marksOf(written: readonly Item[]) {
  const ids = written.map(({ id }) => String(id));
  return withTx(
    db,
    scope,
    (tx) => tx.sql<{ id: number; xid: string; alone: boolean }>`
      select id, xid::text, alone from public.marks where id::text = any (${ids}::text[]) order by id`,
    { readOnly: true },
  );
}

const outcomesOf = (settled: readonly PromiseSettledResult<string>[]) =>
  settled.map((each) => {
    if (each.status === "fulfilled") return each.value;
    return each.reason instanceof BaseAppError ? each.reason.errorId : String(each.reason.code ?? each.reason.message);
  });

describe("group commit", () => {
  test("a write that nobody is before runs alone and at once", async () => {
    const marks = createMarks();
    const [item = { id: 0 }] = items("good");
    expect(await marks.run(write(item))).toBe("alone");
    expect(marks.batches).toEqual([]);
  });

  test("writes that come while one is under way share one transaction, in their order, and in no request's context", async () => {
    const marks = createMarks();
    const written = items("good", "good", "good");
    const settled = await behindAnother(marks, () =>
      written.map((item) => request.run({}, () => marks.run(write(item)))),
    );
    expect(outcomesOf(settled)).toEqual(["together", "together", "together"]);
    expect(marks.batches).toEqual([written.map(({ id }) => id)]);
    expect(marks.contexts).toEqual([undefined]);
    expect(new Set((await marksOf(written)).map(({ xid }) => xid)).size).toBe(1);
  });

  test("one alone in its turn has its own transaction, and queues have nothing to do with each other", async () => {
    const marks = createMarks();
    const written = items("good", "good", "good");
    const settled = await behindAnother(marks, () =>
      written.map((item, at) => marks.run(write(item, { queue: at === 0 ? "one" : `other ${at}` }))),
    );
    expect(outcomesOf(settled)).toEqual(["alone", "alone", "alone"]);
  });

  test("what is put aside runs by itself, and what is done stays", async () => {
    const marks = createMarks();
    const written = items("good", "aside", "good", "aside");
    const settled = await behindAnother(marks, () => written.map((item) => marks.run(write(item))));
    expect(outcomesOf(settled)).toEqual(["together", "alone", "together", "alone"]);
    expect((await marksOf(written)).map((mark) => mark.alone)).toEqual([false, true, false, true]);
  });

  test("a transaction that fails as a whole is run again write by write: one fails, the others are done once", async () => {
    const marks = createMarks();
    const written = items("good", "failing", "good");
    const settled = await behindAnother(marks, () => written.map((item) => marks.run(write(item))));
    expect(outcomesOf(settled)).toEqual(["alone", "22012", "alone"]);
    expect((await marksOf(written)).map(({ id }) => id)).toEqual([written[0]?.id ?? 0, written[2]?.id ?? 0]);
  });

  test("another number of results than of writes commits nothing", async () => {
    const marks = createMarks({ results: (made) => made.slice(1) });
    const written = items("good", "good");
    const settled = await behindAnother(marks, () => written.map((item) => marks.run(write(item))));
    expect(outcomesOf(settled)).toEqual(["alone", "alone"]);
    expect((await marksOf(written)).map((mark) => mark.alone)).toEqual([true, true]);
  });

  test("of two that are the same the second waits for the first one's transaction", async () => {
    const marks = createMarks();
    const [a, b, c, d] = items("good", "good", "good", "good") as [Item, Item, Item, Item];
    await behindAnother(marks, () => [
      marks.run(write(a, { unique: "k" })),
      marks.run(write(b, { unique: "k" })),
      marks.run(write(c, { unique: "l" })),
      marks.run(write(d, { unique: "k" })),
    ]);
    expect(marks.batches).toEqual([[a.id, c.id]]);
    expect((await marksOf([a, b, c, d])).map((mark) => mark.alone)).toEqual([false, true, false, true]);
  });

  test("no more work is done together than may be", async () => {
    const marks = createMarks({ workMax: 3 });
    const written = items("good", "good", "good", "good", "good");
    await behindAnother(marks, () => written.map((item) => marks.run(write(item))));
    expect(marks.batches.map((batch) => batch.length)).toEqual([3, 2]);
  });

  test.each(["before", "after"] as const)(
    "a COMMIT that is lost %s it arrives is of unknown outcome for each, and nothing is run again",
    async (when) => {
      const marks = createMarks();
      const written = items("good", "good", "aside");
      await quiet();
      const settled = await behindAnother(marks, () => {
        proxy.cutAt("COMMIT", when);
        return written.map((item) => marks.run(write(item)));
      });
      expect(outcomesOf(settled)).toEqual(Array.from(written, () => "COMMIT_OUTCOME_UNKNOWN"));
      // What was sent to the server is done there, perhaps a moment later.
      const expected = when === "before" ? 0 : 2;
      while ((await marksOf(written)).length < expected) await Bun.sleep(10);
      expect((await marksOf(written)).map((mark) => mark.alone)).toEqual(Array.from({ length: expected }, () => false));
    },
  );

  test("a connection that is lost before COMMIT has each run again by itself, once", async () => {
    const marks = createMarks();
    const written = items("good", "good");
    const settled = await behindAnother(marks, () => {
      proxy.cutAt("of a group", "after");
      return written.map((item) => marks.run(write(item)));
    });
    expect(outcomesOf(settled)).toEqual(["alone", "alone"]);
    expect((await marksOf(written)).map((mark) => mark.alone)).toEqual([true, true]);
  });

  test("a deadline ends the waiting of its own write, and the others are done", async () => {
    const marks = createMarks();
    const [late = { id: 0 }, patient = { id: 0 }] = items("good", "good");
    const gate = Promise.withResolvers<string>();
    const first = marks.run(write({ id: 0 }, { alone: () => gate.promise }));
    const others = [
      request.run({ deadline: performance.now() + 20 }, () => marks.run(write(late))),
      marks.run(write(patient)),
    ] as const;
    expect(outcomesOf(await Promise.allSettled([others[0]]))).toEqual(["REQUEST_TIMEOUT"]);
    gate.resolve("first");
    await first;
    expect(await others[1]).toBe("alone");
    expect((await marksOf([late, patient])).map(({ id }) => id)).toEqual([patient.id]);
  });

  test("more than may wait are refused at once", async () => {
    const marks = createMarks();
    const written = items(...Array.from({ length: db.settings.queueMax + 1 }, () => "good" as const));
    const settled = await behindAnother(marks, () => written.map((item) => marks.run(write(item))));
    expect(outcomesOf(settled)).toEqual([
      ...Array.from({ length: db.settings.queueMax }, () => "together"),
      "OVERLOADED",
    ]);
  });

  test("inside a transaction it is refused, as that would wait for itself", async () => {
    const marks = createMarks();
    const [item = { id: 0 }] = items("good");
    const inside = withTx(db, scope, () => marks.run(write(item)));
    await expect(inside).rejects.toThrow("inside an open transaction");
  });
});
