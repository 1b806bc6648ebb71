import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AlwaysOffSampler, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { type Db, streamTx, type Tx, withTx } from "../../../src/foundation/db/index.ts";
import { BaseAppError, defineErrors } from "../../../src/foundation/errors/app-error.ts";
import { holdContextManager } from "../../../src/foundation/telemetry/context-manager.ts";
import { createDbObserver } from "../../../src/foundation/telemetry/db-observer.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openObservedDb, until } from "./observed-db.ts";
import { createRecorder, orphansOf, type Recorder, treesOf } from "./recorder.ts";

const { AppError } = defineErrors({
  REFUSED: { status: 422, title: "Refused", retryable: false, meaning: "", remedy: "" },
});
const scope = { settings: {} };
const read = { readOnly: true };
let database: TestDatabase;
let recorder: Recorder;
let db: Db;
let letGo: () => void;

beforeAll(async () => {
  letGo = holdContextManager();
  database = await createTestDatabase();
  const plain = openObservedDb(database.ownerUrl, undefined);
  await withTx(plain, scope, (tx) => tx.sql`create table public.marks (id int primary key, note text)`);
  await plain.close(1000);
  recorder = createRecorder();
  db = openObservedDb(database.ownerUrl, createDbObserver({ ...recorder, databaseUrl: database.ownerUrl }));
});

afterEach(async () => {
  await quiet();
  recorder.forget();
});

afterAll(async () => {
  await db.close(1000);
  await recorder.stop();
  letGo();
  await database.drop();
});

/** What ends behind its caller's back has ended. */
const quiet = () => until("every connection is back", () => db.stats().idle === db.stats().open);

const insert = (tx: Tx, id: number, note = "x") => tx.sql`insert into public.marks values (${id}, ${note})`;
const named = (name: string): ReadableSpan[] => recorder.spans().filter((span) => span.name === name);
const leaf = (name: string) => ({ name, children: [] });
const swallow = (error: unknown) => {
  if (!(error instanceof Error)) throw error;
};

test("FT.TRC.1 thirty requests at once have thirty equal trees, each statement in its own, and no span is an orphan", async () => {
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      recorder.request("request", async () => {
        await withTx(db, scope, async (tx) => {
          await insert(tx, 1_000 + index);
          await tx.sql`savepoint before`;
          await tx.orm.execute(sql`select note from public.marks where id = ${index}`);
          await tx.sql`rollback to savepoint before`;
        });
        await withTx(db, scope, (tx) => Promise.all([tx.sql`select 1 as one`, tx.sql`select 2 as two`]), read);
        await withTx(db, scope, (tx) => insert(tx, 2_000 + index), { dryRun: true });
        const refused = withTx(db, scope, async (tx) => {
          await insert(tx, 3_000 + index);
          throw new AppError("REFUSED");
        });
        await refused.catch(swallow);
      }),
    ),
  );
  await quiet();
  const trees = treesOf(recorder.spans());
  const opening = [leaf("BEGIN"), leaf("SELECT set_config")];
  const expected = {
    name: "request",
    children: [
      {
        name: "write transaction",
        children: [
          ...opening,
          leaf("INSERT public.marks"),
          leaf("SAVEPOINT"),
          leaf("SELECT public.marks"),
          leaf("ROLLBACK TO"),
          leaf("COMMIT"),
        ],
      },
      { name: "read transaction", children: [...opening, leaf("SELECT"), leaf("SELECT"), leaf("COMMIT")] },
      {
        name: "write transaction",
        children: [...opening, leaf("INSERT public.marks"), leaf("SET CONSTRAINTS"), leaf("ROLLBACK")],
      },
      { name: "write transaction", children: [...opening, leaf("INSERT public.marks"), leaf("ROLLBACK")] },
    ],
  };
  expect([...trees.keys()]).toEqual(["request"]);
  expect(trees.get("request")).toEqual(Array.from({ length: 30 }, () => expected));
  expect(orphansOf(recorder.spans())).toEqual([]);
});

test("FT.TRC.1 a stream's statements stay in its request's trace, read where nothing is active or in another's context", async () => {
  const rows = 60;
  const streams = await Promise.all(
    [0, 1].map((index) =>
      recorder.request(`export ${index}`, () =>
        streamTx(db, scope, async function* (tx) {
          for (let at = 0; at < rows; at += 1) {
            const [row] = await tx.sql<{ text: string }>`select repeat('x', 70000) as text, ${at}::int as at`;
            yield row?.text ?? "";
          }
        }),
      ),
    ),
  );
  const drain = async (stream: ReadableStream<Uint8Array>) => {
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.byteLength;
    return bytes;
  };
  const [first, second] = streams;
  if (first === undefined || second === undefined) throw new Error("two streams were opened");
  const busy = Array.from({ length: 20 }, (_, index) =>
    recorder.request(`busy ${index}`, () => withTx(db, scope, (tx) => tx.sql`select ${index}::int as busy`, read)),
  );
  const read1 = context.with(ROOT_CONTEXT, () => drain(first));
  const read2 = recorder.request("reader", () => drain(second));
  expect(await Promise.all([read1, read2])).toEqual([rows * 70_000, rows * 70_000]);
  await Promise.all(busy);
  await quiet();
  const trees = treesOf(recorder.spans());
  const statements = Array.from({ length: rows }, () => leaf("SELECT repeat"));
  for (const index of [0, 1]) {
    const children = [leaf("BEGIN"), leaf("SELECT set_config"), ...statements, leaf("COMMIT")];
    expect(trees.get(`export ${index}`)).toEqual([
      { name: `export ${index}`, children: [{ name: "read transaction", children }] },
    ]);
  }
  expect(trees.get("reader")).toEqual([leaf("reader")]);
  expect(orphansOf(recorder.spans())).toEqual([]);
});

test("FT.TRC.1 streams that a server sends to many clients at once each stay in their request's trace", async () => {
  const clients = 24;
  const rows = 12;
  const scoped = openObservedDb(database.ownerUrl, createDbObserver({ ...recorder, databaseUrl: database.ownerUrl }), {
    size: 3 * clients,
  });
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      recorder.request(new URL(request.url).pathname, async () => {
        const body = await streamTx(scoped, scope, async function* (tx) {
          for (let at = 0; at < rows; at += 1) {
            await tx.sql`select ${at}::int as at`;
            yield "x".repeat(70_000);
          }
        });
        return new Response(body);
      }),
  });
  const read = async (index: number) => {
    const response = await fetch(new URL(`/${index}`, server.url));
    return (await response.bytes()).byteLength;
  };
  const sizes = await Promise.all(Array.from({ length: clients }, (_, index) => read(index)));
  expect(new Set(sizes)).toEqual(new Set([rows * 70_000]));
  await scoped.close(5000);
  await server.stop();
  const trees = treesOf(recorder.spans());
  const statements = Array.from({ length: rows }, () => leaf("SELECT"));
  const children = [leaf("BEGIN"), leaf("SELECT set_config"), ...statements, leaf("COMMIT")];
  for (let index = 0; index < clients; index += 1) {
    expect(trees.get(`/${index}`)).toEqual([{ name: `/${index}`, children: [{ name: "read transaction", children }] }]);
  }
  expect(orphansOf(recorder.spans())).toEqual([]);
});

test("FT.TRC.1 a stream that is cut off or left ends in its own trace", async () => {
  const produce = async function* (tx: Tx) {
    for (;;) {
      await tx.sql`select 1`;
      yield "x".repeat(70_000);
    }
  };
  const cut = Promise.withResolvers<unknown>();
  await recorder.request("cut", () =>
    streamTx(db, scope, produce, { stallTimeoutMs: 20, onCutOff: (error) => cut.resolve(error) }),
  );
  const left = await recorder.request("left", () => streamTx(db, scope, produce));
  await recorder.request("reader", async () => {
    const reader = left.getReader();
    await reader.read();
    await reader.cancel();
  });
  await cut.promise;
  await quiet();
  const trees = treesOf(recorder.spans());
  for (const name of ["cut", "left"]) {
    const [tree] = trees.get(name) ?? [];
    expect(tree?.children.map((child) => child.name)).toEqual(["read transaction"]);
    expect(tree?.children[0]?.children.at(-1)?.name).toBe("ROLLBACK");
  }
  expect(trees.get("reader")).toEqual([leaf("reader")]);
  const outcomes = named("read transaction").map((span) => span.attributes["db.transaction.outcome"]);
  expect(outcomes.toSorted()).toEqual(["failed", "rolled_back"]);
});

test("a statement's span says what it was by the stable conventions, and is CLIENT", async () => {
  await recorder.request("request", () =>
    withTx(db, scope, (tx) => tx.sql`select id from public.marks where note = ${"n"}`, read),
  );
  await quiet();
  const [span] = named("SELECT public.marks");
  const { hostname, port, pathname } = new URL(database.ownerUrl);
  expect(span?.kind).toBe(SpanKind.CLIENT);
  expect(span?.attributes).toEqual({
    "db.system.name": "postgresql",
    "db.namespace": pathname.slice(1),
    "server.address": hostname,
    "server.port": Number(port),
    "db.operation.name": "SELECT",
    "db.collection.name": "public.marks",
    "db.query.summary": "SELECT public.marks",
    "db.query.text": "select id from public.marks where note = $1",
    "db.response.returned_rows": 0,
  });
});

test("a span that the code makes inside a transaction has its statements beneath it", async () => {
  await recorder.request("request", () =>
    withTx(db, scope, (tx) =>
      recorder.tracer.startActiveSpan("deciding", async (span) => {
        await insert(tx, 1);
        span.end();
      }),
    ),
  );
  const [tree] = treesOf(recorder.spans()).get("request") ?? [];
  expect(tree?.children[0]?.children).toEqual([
    leaf("BEGIN"),
    leaf("SELECT set_config"),
    { name: "deciding", children: [leaf("INSERT public.marks")] },
    leaf("COMMIT"),
  ]);
});

test("a failed statement has its SQLSTATE, and nothing of the message with its values", async () => {
  const secret = "hunter2-in-a-message";
  for (const run of [
    (tx: Tx) => tx.sql`select ${secret}::text::int`,
    (tx: Tx) => tx.orm.execute(sql`select ${secret}::text::int`),
  ]) {
    await recorder.request("request", () => withTx(db, scope, run).then(() => undefined, swallow));
  }
  await quiet();
  const failed = recorder.spans().filter((span) => span.kind === SpanKind.CLIENT && span.attributes["error.type"]);
  expect(failed).toHaveLength(2);
  for (const { attributes, status, events } of failed) {
    expect(attributes["db.response.status_code"]).toBe("22P02");
    expect(attributes["error.type"]).toBe("22P02");
    expect({ status, events }).toEqual({ status: { code: SpanStatusCode.ERROR }, events: [] });
  }
  expect(written(recorder.spans())).not.toContain(secret);
  expect(named("write transaction").map((span) => span.attributes["db.transaction.outcome"])).toEqual([
    "failed",
    "failed",
  ]);
});

test("FT.LOG.2 whatever a parameter is, no span and no point holds it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 8, maxLength: 40 }), fc.boolean(), async (text, fails) => {
      const secret = `s3cr3t-${text.replaceAll("\0", "")}`;
      recorder.forget();
      await recorder.request("request", () =>
        withTx(db, { settings: { "test.secret": secret } }, async (tx) => {
          await tx.sql`select ${secret} as a, ${[secret]}::text[] as b, ${JSON.stringify({ secret })}::jsonb as c`;
          await tx.orm.execute(sql`select ${secret}::text as a`);
          if (fails) await tx.sql`select ${secret}::text::uuid`;
        }).catch(swallow),
      );
      await quiet();
      const points = await recorder.metricsOf("db.client.operation.duration");
      const all = written(recorder.spans()) + JSON.stringify(points.map(({ attributes }) => attributes));
      expect(all).not.toContain("s3cr3t-");
      expect(recorder.spans().length).toBeGreaterThan(4);
    }),
    { numRuns: 25 },
  );
});

test("where the request is not recorded no span is made, and all is counted as ever", async () => {
  const off = createRecorder({ sampler: new AlwaysOffSampler() });
  let asked = 0;
  const tracer = Object.assign(Object.create(off.tracer) as typeof off.tracer, {
    startSpan: (...args: Parameters<typeof off.tracer.startSpan>) => {
      asked += 1;
      return off.tracer.startSpan(...args);
    },
  });
  const url = database.ownerUrl;
  const quietDb = openObservedDb(url, createDbObserver({ tracer, meter: off.meter, databaseUrl: url }));
  await off.request("request", () => withTx(quietDb, scope, (tx) => insert(tx, 77)));
  await quietDb.close(1000);
  expect(asked).toBe(0);
  expect(off.spans()).toEqual([]);
  expect(await off.count("db.client.operation.duration")).toBe(4);
  await off.stop();
});

test("work without a request is a trace of its own", async () => {
  expect(trace.getSpan(context.active())).toBeUndefined();
  await withTx(db, scope, (tx) => tx.sql`select 1`, read);
  await quiet();
  expect(treesOf(recorder.spans()).get("read transaction")).toEqual([
    { name: "read transaction", children: ["BEGIN", "SELECT set_config", "SELECT", "COMMIT"].map(leaf) },
  ]);
});

test("a refusal is no error of the span, and tells its id", async () => {
  const refuse = async () => {
    throw new AppError("REFUSED");
  };
  const thrown = await recorder.request("request", () => withTx(db, scope, refuse).catch((error: unknown) => error));
  expect(thrown instanceof BaseAppError && thrown.errorId).toBe("REFUSED");
  const [span] = named("write transaction");
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect(span?.attributes).toEqual({
    "db.transaction.mode": "write",
    "db.transaction.outcome": "rolled_back",
    "error.type": "REFUSED",
  });
});

/** All of a span that leaves the process. */
function written(spans: readonly ReadableSpan[]): string {
  return JSON.stringify(
    spans.map(({ name, attributes, events, status, links }) => ({ name, attributes, events, status, links })),
  );
}
