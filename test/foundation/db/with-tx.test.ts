import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createDb,
  createPgErrorMapper,
  type Db,
  type Tx,
  transactional,
  withTx,
} from "../../../src/foundation/db/index.ts";
import { openTcpSocket } from "../../../src/foundation/db/tcp-socket.ts";
import { BaseAppError, defineErrors } from "../../../src/foundation/errors/app-error.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createFaultProxy, type FaultProxy } from "../../support/fault-proxy.ts";

const { AppError } = defineErrors({
  REFUSED: { status: 422, title: "Refused", retryable: false, meaning: "", remedy: "" },
});
const scope = { settings: {} };
const background: unknown[] = [];
let database: TestDatabase;
let proxy: FaultProxy;
let db: Db;

function openDb(url: string, size = 4, statementTimeoutMs = 5000): Db {
  return createDb({
    url,
    applicationName: "with-tx-test",
    connectTimeoutSeconds: 5,
    size,
    maxOverflow: 0,
    queueMax: 100,
    acquireTimeoutMs: 2000,
    overflowIdleTimeoutMs: 100,
    lifetimeMs: 3_600_000,
    statementTimeoutMs,
    lockTimeoutMs: 2000,
    openSocket: openTcpSocket,
    mapError: createPgErrorMapper({ constraints: {}, sqlStates: {} }),
    onBackgroundError: (error) => background.push(error),
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = createFaultProxy(database.ownerUrl);
  db = openDb(proxy.through(database.ownerUrl));
  await withTx(db, scope, (tx) => tx.sql`create table public.marks (id int primary key, note text not null)`);
});

afterAll(async () => {
  await db.close(1000);
  proxy.stop();
  await database.drop();
});

const insert = (tx: Tx, id: number, note = "x") => tx.sql`insert into public.marks values (${id}, ${note})`;

async function marks(): Promise<number[]> {
  const rows = await withTx(db, scope, (tx) => tx.sql<{ id: number }>`select id from public.marks order by id`, {
    readOnly: true,
  });
  return rows.map((row) => row.id);
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected a failure");
}

const errorIdOf = (error: Error) => (error instanceof BaseAppError ? error.errorId : error.message);

const applied = (tx: Tx) => tx.sql<{ value: string }>`select current_setting('test.scope', true) as value`;

test("statements of one flight are sent in the order in which they are called, however they are waited for", async () => {
  const order = await withTx(db, scope, async (tx) => {
    const counted = async () => (await tx.sql<{ at: number }>`select count(*)::int as at from public.marks`)[0]?.at;
    const before = await counted();
    const [, inBetween] = await Promise.all([insert(tx, 7001), counted()]);
    const never = insert(tx, 7002);
    const after = await counted();
    await never;
    return [inBetween, after].map((at) => (at ?? 0) - (before ?? 0));
  });
  expect(order).toEqual([1, 2]);
  await withTx(db, scope, (tx) => tx.sql`delete from public.marks where id in (7001, 7002)`);
});

test("a statement that fails and that nobody waits for fails the transaction, and nothing else", async () => {
  const failing = withTx(db, scope, async (tx) => {
    void tx.sql`select 1 / 0`;
    await tx.sql`select 1`.catch(() => undefined);
  });
  await expect(failing).rejects.toThrow("division by zero");
  await Bun.sleep(10);
});

test("a read's first statement runs under the settings of its scope, however soon it is sent", async () => {
  const settings = { "test.scope": "mine" };
  const read = (fn: (tx: Tx) => Promise<string | undefined>) => withTx(db, { settings }, fn, { readOnly: true });
  expect(await read((tx) => applied(tx).then(([row]) => row?.value))).toBe("mine");
  expect(await read(async (tx) => (await applied(tx))[0]?.value)).toBe("mine");
});

describe("withTx", () => {
  test("commits what its callback wrote and returns its result", async () => {
    expect(await withTx(db, scope, (tx) => insert(tx, 1).then(() => "done"))).toBe("done");
    expect(await marks()).toContain(1);
  });

  test("FT.TX.2 leaves nothing of the first service when the second one in the same boundary fails", async () => {
    const first = (tx: Tx) => insert(tx, 10);
    const second = async (tx: Tx) => {
      await insert(tx, 11);
      throw new AppError("REFUSED");
    };
    const error = await failureOf(withTx(db, scope, (tx) => first(tx).then(() => second(tx))));
    expect(errorIdOf(error)).toBe("REFUSED");
    expect(await marks()).not.toContain(10);
  });

  test.each(["throws", "fails in SQL", "swallows an SQL failure", "leaves an SQL failure unawaited"] as const)(
    "FT.TX.3 writes nothing when the callback %s",
    async (how) => {
      const run = withTx(db, scope, async (tx) => {
        await insert(tx, 20);
        if (how === "throws") throw new AppError("REFUSED");
        const failing = tx.sql`select 1 / 0`;
        if (how === "fails in SQL") await failing;
        if (how === "swallows an SQL failure") await failing.catch(() => undefined);
        if (how === "leaves an SQL failure unawaited") failing.catch(() => undefined);
      });
      await failureOf(run);
      expect(await marks()).not.toContain(20);
    },
  );

  test("FT.TX.4 runs the callback again after a serialization failure, until it commits", async () => {
    await withTx(db, scope, (tx) => insert(tx, 30, "0"));
    const increment = () =>
      withTx(
        db,
        scope,
        async (tx) => {
          const [row] = await tx.sql<{ note: string }>`select note from public.marks where id = 30`;
          await tx.sql`update public.marks set note = ${String(Number(row?.note) + 1)} where id = 30`;
        },
        { isolation: "serializable", attempts: 10 },
      );
    await Promise.all([increment(), increment(), increment()]);
    const [row] = await withTx(
      db,
      scope,
      (tx) => tx.sql<{ note: string }>`select note from public.marks where id = 30`,
    );
    expect(row?.note).toBe("3");
  });

  test("FT.TX.4 runs the callback again after a deadlock", async () => {
    await withTx(db, scope, (tx) => Promise.all([insert(tx, 31), insert(tx, 32)]));
    let runs = 0;
    const lockBoth = (first: number, second: number, meet: Promise<unknown>, here: () => void) =>
      withTx(db, scope, async (tx) => {
        runs += 1;
        await tx.sql`update public.marks set note = 'a' where id = ${first}`;
        here();
        await meet;
        await tx.sql`update public.marks set note = 'b' where id = ${second}`;
      });
    const left = Promise.withResolvers<void>();
    const right = Promise.withResolvers<void>();
    await Promise.all([lockBoth(31, 32, right.promise, left.resolve), lockBoth(32, 31, left.promise, right.resolve)]);
    expect(runs).toBe(3);
  });

  test("FT.TX.4 gives up after the attempts it was given, with TRANSACTION_CONFLICT", async () => {
    let runs = 0;
    const error = await failureOf(
      withTx(
        db,
        scope,
        (tx) => {
          runs += 1;
          return tx.sql`do $$ begin raise exception using errcode = '40001'; end $$`;
        },
        { attempts: 3 },
      ),
    );
    expect(errorIdOf(error)).toBe("TRANSACTION_CONFLICT");
    expect(runs).toBe(3);
  });

  test.each(["23505", "22012", "57014", "P0001"])(
    "FT.TX.4 never runs the callback again after SQLSTATE %s",
    async (code) => {
      let runs = 0;
      await failureOf(
        withTx(db, scope, async (tx) => {
          runs += 1;
          await tx.sql`select set_config('test.code', ${code}, true)`;
          await tx.sql`do $$ begin raise exception using errcode = current_setting('test.code'); end $$`;
        }),
      );
      expect(runs).toBe(1);
    },
  );

  test("refuses to open a transaction inside another at once, instead of waiting for itself", async () => {
    const single = openDb(database.ownerUrl, 1);
    const error = await failureOf(withTx(single, scope, () => withTx(single, scope, async () => 1)));
    expect(error.message).toContain("inside an open transaction");
    await single.close(1000);
  });

  test("refuses a statement on a transaction that has ended", async () => {
    const kept = await withTx(db, scope, async (tx) => ({ tx }));
    const error = await failureOf(kept.tx.sql`select 1`);
    expect(error.message).toContain("has ended");
  });

  test("refuses a write where it was told to read", async () => {
    const error = await failureOf(withTx(db, scope, (tx) => insert(tx, 40), { readOnly: true }));
    expect(error).toHaveProperty("code", "25006");
    expect(await marks()).not.toContain(40);
  });

  test("runs afterCommit callbacks once, after the commit, and not after a rollback", async () => {
    const seen: number[][] = [];
    await withTx(db, scope, async (tx) => {
      await insert(tx, 50);
      tx.afterCommit(async () => void seen.push(await marks()));
    });
    await failureOf(
      withTx(db, scope, async (tx) => {
        tx.afterCommit(() => void seen.push([]));
        throw new AppError("REFUSED");
      }),
    );
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain(50);
  });
});

describe("a lost connection", () => {
  test.each(["before", "after"] as const)(
    "is COMMIT_OUTCOME_UNKNOWN when cut %s COMMIT reaches the server, and is not retried",
    async (when) => {
      const id = when === "before" ? 60 : 61;
      let runs = 0;
      const error = await failureOf(
        withTx(db, scope, async (tx) => {
          runs += 1;
          await insert(tx, id);
          proxy.cutAt("COMMIT", when);
        }),
      );
      expect(errorIdOf(error)).toBe("COMMIT_OUTCOME_UNKNOWN");
      expect(runs).toBe(1);
      await Bun.sleep(300);
      expect((await marks()).includes(id)).toBe(when === "after");
    },
  );

  test("before COMMIT is DATABASE_UNAVAILABLE, writes nothing and never runs the rest elsewhere", async () => {
    const error = await failureOf(
      withTx(db, scope, async (tx) => {
        await insert(tx, 70);
        proxy.cutAt("lost-here", "before");
        await insert(tx, 71, "lost-here").catch(() => undefined);
        await insert(tx, 72);
      }),
    );
    expect(errorIdOf(error)).toBe("DATABASE_UNAVAILABLE");
    expect((await marks()).filter((id) => id >= 70 && id <= 72)).toEqual([]);
  });

  test("as it opens, however far it got, is the failure of one request and of nobody else", async () => {
    for (const when of ["before", "after"] as const) {
      for (let pieces = 0; pieces < 8; pieces += 1) {
        const one = openDb(proxy.through(database.ownerUrl), 1);
        proxy.cutIn(pieces, when);
        const outcome = await withTx(one, scope, (tx) => tx.sql`select 1`).then(() => "done", errorIdOf);
        expect(["done", "DATABASE_UNAVAILABLE", "COMMIT_OUTCOME_UNKNOWN"]).toContain(outcome);
        proxy.disarm();
        await one.close(1000);
      }
    }
  });

  test("of an idle connection is not noticed by the next request", async () => {
    await marks();
    await withTx(
      openDbOnce(),
      scope,
      (tx) => tx.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'with-tx-test' and pid <> pg_backend_pid()`,
    );
    while (db.stats().open > 0) await Bun.sleep(1);
    expect(await marks()).toContain(1);
  });
});

describe("a statement that takes too long", () => {
  test("is STATEMENT_TIMEOUT, with nothing written", async () => {
    const hasty = openDb(database.ownerUrl, 1, 100);
    const run = withTx(hasty, scope, async (tx) => {
      await insert(tx, 90);
      await tx.sql`select pg_sleep(5)`;
    });
    expect(errorIdOf(await failureOf(run))).toBe("STATEMENT_TIMEOUT");
    expect(await marks()).not.toContain(90);
    await hasty.close(1000);
  });

  test("is given up by this side where the network has gone silent, and its place in the pool is free again", async () => {
    const silent = createFaultProxy(database.ownerUrl);
    const hasty = openDb(silent.through(database.ownerUrl), 1, 100);
    const run = withTx(hasty, scope, async (tx) => {
      await insert(tx, 91);
      silent.silence();
      await tx.sql`select 1`;
    });
    expect(errorIdOf(await failureOf(run))).toBe("DATABASE_UNAVAILABLE");
    await Bun.sleep(50);
    expect(hasty.stats()).toMatchObject({ open: 0, waiting: 0 });
    expect(await marks()).not.toContain(91);
    silent.stop();
    await hasty.close(1000);
  }, 10_000);
});

let other: Db | undefined;
function openDbOnce(): Db {
  other ??= openDb(database.ownerUrl, 1);
  return other;
}
afterAll(() => other?.close(1000));

describe("transactional", () => {
  const write = (tx: Tx, id: number) => insert(tx, id);

  test("has a boundary of its own outside a transaction", async () => {
    await transactional(db, scope, write)(80);
    expect(await marks()).toContain(80);
  });

  test("joins the open transaction, which then decides", async () => {
    await failureOf(
      withTx(db, scope, async () => {
        await transactional(db, scope, write)(81);
        throw new AppError("REFUSED");
      }),
    );
    expect(await marks()).not.toContain(81);
  });

  test("refuses to join another scope's transaction", async () => {
    const foreign = { settings: { "footing.book_id": "b" } };
    const error = await failureOf(withTx(db, scope, () => transactional(db, foreign, write)(82)));
    expect(error.message).toContain("another scope");
  });
});
