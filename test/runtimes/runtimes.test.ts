import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import type { Answer } from "../support/app.ts";
import { createTestDatabase, superuserUrl, type TestDatabase } from "../support/database.ts";
import { type OtlpReceiver, type Received, startReceiver } from "../support/otlp-receiver.ts";
import { openTemporaryDirectory, withScratchDirectory } from "../support/scratch-directory.ts";
import { type SendOptions, send } from "../support/send.ts";
import { talk } from "../support/talk.ts";
import { type HeldLogIn, holdLogIn } from "./support/held-log-in.ts";
import { type Running, type TestedRuntime, testedRuntimes } from "./support/runtimes.ts";
import { chainsOf, idsOf, outcomesOf, traceOf } from "./support/spans.ts";

// What the API promises over HTTP, asked of a real process on each runtime that it claims to run on.

const credentials = { email: "ada@example.com", password: "correct horse battery staple" };
const secrets = { ENVIRONMENT: "test", SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes" };
/** More than the tests send before the one that uses it up. */
const requestsMax = 250;
/** From when on an answer that has not come counts as one that will not; what comes of it is looked at all the same. */
const waitingMs = 2_000;
const slow = 60_000;

for (const runtime of testedRuntimes) {
  const { name, found } = runtime;
  const title = "missing" in found ? `${name} is not on this machine: ${found.missing}` : `${name} ${found.version}`;
  describe.skipIf("missing" in found)(title, () => {
    defineScenarios(runtime);
    // workerd has its own settings for where to listen and how long to wait.
    if (name !== "workerd") defineProcessScenarios(runtime);
    // Bun can do everything.
    if (name !== "Bun") defineRefusal(runtime);
  });
}

function defineScenarios({ name, start }: TestedRuntime): void {
  const service = `runtimes-${name}-${process.pid}`;
  let directory: string;
  let database: TestDatabase;
  let admin: Sql;
  let receiver: OtlpReceiver;
  let got: Received;
  let api: Running;
  // What is asked of their traces, once everything has arrived.
  let failed: Answer;
  let atOnce: Answer[];
  let last: Answer;
  let held: HeldLogIn;
  let token: string;
  let book: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(openTemporaryDirectory(), "footing-runtime-"));
    [database, receiver] = await Promise.all([createTestDatabase(), startReceiver()]);
    admin = postgres(await superuserUrl(database.name), { max: 2 });
    got = receiver.from(service);
    api = await start(directory, {
      ...secrets,
      DATABASE_URL: database.apiUrl,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: service,
      API_RATE_LIMIT_REQUESTS: String(requestsMax),
      API_RATE_LIMIT_WINDOW: "600",
      REQUEST_TIMEOUT_MS: "60000",
      DB_STATEMENT_TIMEOUT_MS: "60000",
      DB_LOCK_TIMEOUT_MS: "60000",
      SHUTDOWN_GRACE_MS: "30000",
      LOG_LEVEL: "info",
    });
    const { body } = await post("/api/v1/auth/register", credentials);
    token = body.access_token;
    book = `/api/v1/books/${body.book.id}`;
  }, slow);

  afterAll(async () => {
    await api?.end("SIGKILL");
    await receiver?.close();
    await admin?.end({ timeout: 5 });
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  }, slow);

  const request = (path: string, options: SendOptions = {}): Promise<Answer> => send(`${api.url}${path}`, options);
  const post = (path: string, json: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    request(path, { token, json, headers });
  const get = (path: string): Promise<Answer> => request(path, { token });
  const balanceOfCash = async (): Promise<string> => {
    const { body } = await get(`${book}/accounts?path=Assets:Cash`);
    const { body: balance } = await get(`${book}/accounts/${body.items[0].id}/balance`);
    return balance.balances[0]?.balance ?? "none";
  };

  test(
    "the ledger's main paths: from registering to a report, a void, an export and a verified book",
    async () => {
      const health = await get("/health");
      expect([health.status, health.body.checks.database.status]).toEqual([200, "ok"]);
      const login = await post("/api/v1/auth/login", credentials);
      const wrong = await post("/api/v1/auth/login", { ...credentials, password: "a wrong one" });
      expect([login.status, wrong.status, wrong.body.error_id]).toEqual([200, 401, "CREDENTIALS_INVALID"]);
      for (const [path, type] of [
        ["Assets:Cash", "asset"],
        ["Equity:Opening", "equity"],
      ]) {
        expect((await post(`${book}/accounts`, { path, type })).status).toBe(201);
      }
      const posted = await post(`${book}/journal-entries`, entryOf("12.50"));
      expect(posted.status).toBe(201);
      expect(await balanceOfCash()).toBe("12.50");
      const report = await get(`${book}/reports/trial-balance`);
      expect([report.status, JSON.stringify(report.body).includes("12.50")]).toEqual([200, true]);
      const voiding = { date: "2026-02-01", reason: "posted twice" };
      expect((await post(`${book}/journal-entries/${posted.body.id}/void`, voiding)).status).toBe(201);
      expect(await balanceOfCash()).toBe("0.00");
      const exported = await get(`${book}/export?format=json`);
      expect([exported.status, exported.body.entries.length]).toEqual([200, 2]);
      const verified = await get(`${book}/verify`);
      expect([verified.status, verified.body.status]).toEqual([200, "ok"]);
    },
    slow,
  );

  test("what fails is rolled back and leaves nothing, not even its key", async () => {
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const before = await balanceOfCash();
    const bulk = (entries: readonly unknown[]) => post(`${book}/journal-entries/bulk`, { entries }, key);
    failed = await bulk([entryOf("1.00"), entryOf("2.00", "Assets:Nowhere")]);
    expect([failed.status, failed.body.error_id]).toEqual([422, "ACCOUNT_UNKNOWN"]);
    expect(await balanceOfCash()).toBe(before);
    const [mended, repeated] = [await bulk([entryOf("1.00")]), await bulk([entryOf("1.00")])];
    expect([mended, repeated].map(({ status }) => status)).toEqual([201, 201]);
    expect([mended, repeated].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(await balanceOfCash()).toBe("1.00");
  });

  test("an error is a problem whose three ids its headers and its log line have", async () => {
    const { status, headers, body } = await get("/api/v1/nowhere");
    expect([status, headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(body).toMatchObject({ error_id: "ROUTE_NOT_FOUND", status: 404 });
    expect(headers.get("x-request-id")).toBe(body.request_id);
    expect(headers.get("traceparent")?.split("-")[1]).toBe(body.trace_id);
    const isIts = (line: Readonly<Record<string, unknown>>) => line["request_id"] === body.request_id;
    while (!api.logged().some(isIts)) await Bun.sleep(20);
    const ids = { error_id: body.error_id, trace_id: body.trace_id };
    expect(api.logged().filter(isIts)).toEqual([expect.objectContaining({ message: "request", ...ids })]);
  });

  test("what is too large is answered with ids all the same, and so is a host that is none", async () => {
    const login = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
    const tooLarge = [
      [`${login}\r\nContent-Length: 6000000`, 413, "BODY_TOO_LARGE"],
      [`GET /errors HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}`, 431, "HEADERS_TOO_LARGE"],
      [`GET /errors?${"x".repeat(17_000)} HTTP/1.1\r\nHost: x`, 414, "URI_TOO_LONG"],
    ] as const;
    const hostless = [
      ["GET /nowhere HTTP/1.1\r\nHost: a b", 404, "ROUTE_NOT_FOUND"],
      ["GET /nowhere HTTP/1.0", 404, "ROUTE_NOT_FOUND"],
    ] as const;
    // workerd hands no request without a host to a worker.
    for (const [head, status, errorId] of name === "workerd" ? tooLarge : [...tooLarge, ...hostless]) {
      const answer = await talk(api.url, `${head}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.[01] ${status} `));
      expect(answer).toContain(`"error_id":"${errorId}"`);
      expect(answer).toMatch(/"request_id":"[^"]+","trace_id":"[0-9a-f]{32}"/);
    }
  });

  test("eight requests at once are each answered and counted", async () => {
    const before = Number(await balanceOfCash());
    const eight = Array.from({ length: 8 }, (_, index) => index);
    const posted = await Promise.all(eight.map(() => post(`${book}/journal-entries`, entryOf("1.00"))));
    const account = (index: number) => ({ path: `Assets:Cash:Till${index}`, type: "asset" });
    atOnce = await Promise.all(eight.map((index) => post(`${book}/accounts`, account(index))));
    expect([...posted, ...atOnce].map(({ status }) => status)).toEqual([...eight, ...eight].map(() => 201));
    expect(Number(await balanceOfCash())).toBe(before + 8);
  });

  test("who sends too much is told so and for how long; the probe is not counted", async () => {
    // What is under way before stays so.
    held = await holdLogIn(api.url, credentials, admin);
    let refused = await get("/errors");
    for (let sent = 1; refused.status !== 429 && sent <= requestsMax; sent += 1) refused = await get("/errors");
    expect([refused.status, refused.body.error_id]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit")).not.toBeNull();
    expect((await get("/health")).status).toBe(200);
  });

  test("asked to end, it answers the request under way, takes no other, and leaves no connection", async () => {
    const ended = api.end("SIGTERM");
    const late = await untilUnanswered(api.url);
    await held.release();
    last = await held.answer;
    expect([last.status, await late.answer]).toEqual([200, ""]);
    expect(await ended).toBe(0);
    const left = await admin`
      select from pg_stat_activity where datname = ${database.name} and application_name like 'footing%'`;
    expect(left).toHaveLength(0);
  });

  test("the statements of a request stand below its transaction, and that below its server span", () => {
    const all = [failed, ...atOnce, last];
    const traces = all.map((answer) => traceOf(answer, got));
    expect(new Set(all.map((answer) => idsOf(answer).traceId)).size).toBe(all.length);
    const roots = traces.flatMap((trace) => trace.filter(({ parentSpanId }) => parentSpanId === ""));
    expect(roots.map(({ kind, spanId }) => [kind, spanId])).toEqual(all.map((one) => ["SERVER", idsOf(one).spanId]));
    for (const trace of traces) expect(new Set(chainsOf(trace))).toEqual(new Set(["INTERNAL < SERVER"]));
    const outcomes = traces.slice(0, 9).flatMap((trace) => outcomesOf(trace));
    expect(outcomes).toEqual(["rolled_back", ...atOnce.map(() => "committed")]);
    // A statement in another's trace would make two requests of one kind differ.
    const shapes = traces.slice(1, 9).map((trace) => trace.map((span) => `${span.kind} ${span.name}`).toSorted());
    expect(new Set(shapes.map(String)).size).toBe(1);
  });
}

function defineProcessScenarios({ start, refusal }: TestedRuntime): void {
  test("what is under way for longer than the grace is cut off, and the end is orderly all the same", async () => {
    const database = await createTestDatabase();
    const admin = postgres(await superuserUrl(database.name), { max: 1 });
    const urls = { DATABASE_URL: database.apiUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
    await withScratchDirectory(async (directory) => {
      const api = await start(directory, { ...secrets, ...urls, SHUTDOWN_GRACE_MS: "200" });
      const { answer, release } = await holdLogIn(api.url, credentials, admin);
      expect(await api.end("SIGTERM")).toBe(0);
      expect(await answer.catch((error) => error)).toBeInstanceOf(Error);
      await release();
      while (!api.logged().some(({ message }) => message === "Footing has stopped")) await Bun.sleep(20);
    });
    await admin.end();
    await database.drop();
  });

  test("a port that is taken is said to be, and by which variable to choose another", async () => {
    const [database, taken] = [
      await createTestDatabase(),
      Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } }),
    ];
    const urls = { DATABASE_URL: database.apiUrl, DATABASE_MIGRATION_URL: database.ownerUrl };
    const env = { ...secrets, ...urls, PORT: String(taken.port) };
    const said = await withScratchDirectory((directory) => refusal(directory, env));
    expect(said).toContain(`PORT: 127.0.0.1:${taken.port} is taken.`);
    taken.stop();
    await database.drop();
  });
}

function defineRefusal({ name, refusal }: TestedRuntime): void {
  test("what it cannot do it refuses at its start, by each variable's name", async () => {
    const asked = {
      REDIS_URL: "redis://user:hunter2@127.0.0.1:6379",
      S3_BUCKET: "receipts",
      ...(name === "workerd" ? { OTEL_TRACES_EXPORTER: "file" } : {}),
    };
    const said = await withScratchDirectory((directory) => refusal(directory, { ...secrets, ...asked }));
    for (const variable of ["DATABASE_URL", ...Object.keys(asked)]) expect(said).toContain(`${variable} is `);
    expect(said).not.toContain("hunter2");
  });
}

/** An entry that debits cash or another account. */
function entryOf(amount: string, debited = "Assets:Cash") {
  const line = { amount, commodity: "USD" };
  return {
    date: "2026-01-31",
    lines: [
      { account_path: debited, side: "debit", ...line },
      { account_path: "Equity:Opening", side: "credit", ...line },
    ],
  };
}

/** Asks on new connections, one after the other, until one is refused or left waiting; gives what that got in the end. */
async function untilUnanswered(url: string): Promise<{ answer: Promise<string> }> {
  for (;;) {
    const answer = talk(url, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    if (!(await Promise.race([answer, Bun.sleep(waitingMs)]))) return { answer };
  }
}
