import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { createTestDatabase, superuserUrl, type TestDatabase } from "../support/database.ts";
import { startWorkerd, type Workerd } from "./support/workerd.ts";

const password = "correct horse battery staple";
const secret = { ENVIRONMENT: "test", SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes" };
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

let database: TestDatabase;
let admin: Sql;
let edge: Workerd<"api" | "narrow" | "wide" | "cut" | "bare">;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = postgres(await superuserUrl(database.name), { max: 2 });
  directory = await mkdtemp(join(tmpdir(), "footing-edge-"));
  const settings = { ...secret, DATABASE_URL: database.apiUrl };
  edge = await startWorkerd(directory, {
    api: {
      variables: { ...settings, API_RATE_LIMIT_REQUESTS: "100000", AUTH_RATE_LIMIT_REQUESTS: "100000" },
      assets: fileURLToPath(new URL("../../assets/scalar", import.meta.url)),
    },
    narrow: { variables: { ...settings, API_RATE_LIMIT_REQUESTS: "3" } },
    wide: { variables: { ...secret, DATABASE_URL: await superuserUrl(database.name) } },
    cut: { variables: { ...secret, DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none" } },
    bare: { variables: { PORT: "a-thing-that-is-no-port" } },
  });
}, 60_000);

afterAll(async () => {
  await edge?.stop();
  await admin?.end();
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

/** Waits for what happens behind the answers; the test's own time limit ends it otherwise. */
async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await Bun.sleep(20);
}

async function register(name: string) {
  const json = { email: `${name}@example.com`, password };
  const { status, body } = await edge.request("api", "/api/v1/auth/register", { json });
  expect(status).toBe(201);
  return { json, token: body.access_token as string, book: `/api/v1/books/${body.book.id}` };
}

/** A book with two accounts: the balance of the first, and one unit from the second to the first. */
async function openBook(name: string) {
  const { token, book } = await register(name);
  const post = (path: string, json: unknown) => edge.request("api", `${book}${path}`, { token, json });
  const cash = await post("/accounts", { path: "Assets:Cash", type: "asset" });
  const opening = await post("/accounts", { path: "Equity:Opening", type: "equity" });
  expect([cash.status, opening.status]).toEqual([201, 201]);
  const line = { amount: "1.00", commodity: "USD" };
  return {
    token,
    book,
    postOne: () =>
      post("/journal-entries", {
        date: "2026-01-31",
        lines: [
          { account_path: "Assets:Cash", side: "debit", ...line },
          { account_path: "Equity:Opening", side: "credit", ...line },
        ],
      }),
    balance: () => edge.request("api", `${book}/accounts/${cash.body.id}/balance`, { token }),
  };
}

test("on workerd a person registers, logs in, posts an entry and reads its balance", async () => {
  const health = await edge.request("api", "/health");
  expect([health.status, health.body.checks.database.status]).toEqual([200, "ok"]);
  const { json } = await register("login");
  expect((await edge.request("api", "/api/v1/auth/login", { json })).status).toBe(200);
  const wrong = await edge.request("api", "/api/v1/auth/login", { json: { ...json, password: `${password}s` } });
  expect([wrong.status, wrong.body.error_id]).toEqual([401, "CREDENTIALS_INVALID"]);
  const { postOne, balance } = await openBook("walk");
  expect((await postOne()).status).toBe(201);
  expect((await balance()).body.balances).toEqual([
    { commodity: "USD", debit: "1.00", credit: "0.00", balance: "1.00" },
  ]);
});

test("on workerd requests at once and one after the other are all answered, and every entry counts", async () => {
  const { postOne, balance } = await openBook("burst");
  for (const _ of times(3)) {
    const answers = await Promise.all(times(20).flatMap(() => [postOne(), balance(), edge.request("api", "/health")]));
    expect(answers.map(({ status }) => status)).toEqual(times(20).flatMap(() => [201, 200, 200]));
  }
  expect((await balance()).body.balances[0].balance).toBe("60.00");
}, 20_000);

test("on workerd an export of many chunks arrives whole, and its connection serves what comes behind the answer", async () => {
  const { token, book, postOne } = await openBook("exporter");
  expect((await postOne()).status).toBe(201);
  const memo = "x".repeat(1_000);
  const line = { amount: "1.00", commodity: "USD", memo: "y".repeat(500) };
  const lines = [
    { account_path: "Assets:Cash", side: "debit", ...line },
    { account_path: "Equity:Opening", side: "credit", ...line },
  ];
  const entries = times(300).map(() => ({ date: "2026-01-31", memo, lines }));
  const posted = await edge.request("api", `${book}/journal-entries/bulk`, { token, json: { entries } });
  expect(posted.status).toBe(201);
  const { status, body } = await edge.request("api", `${book}/export?format=json`, { token });
  expect([status, body.entries.length]).toEqual([200, 301]);
  expect((await edge.request("api", `${book}/accounts`, { token })).status).toBe(200);
});

test("on workerd an error is a problem with the ids that its log line has", async () => {
  const { status, headers, body } = await edge.request("api", "/api/v1/nothing");
  expect([status, headers.get("content-type"), body.error_id]).toEqual([
    404,
    "application/problem+json",
    "ROUTE_NOT_FOUND",
  ]);
  expect(headers.get("x-request-id")).toBe(body.request_id);
  await until(async () => edge.logged.some((line) => line["request_id"] === body.request_id));
  expect(edge.logged.find((line) => line["request_id"] === body.request_id)).toMatchObject({
    trace_id: body.trace_id,
    error_id: "ROUTE_NOT_FOUND",
  });
});

test("on workerd a client's requests are counted together from request to request", async () => {
  const from = (address: string) =>
    edge.request("narrow", "/errors", { headers: { "CF-Connecting-IP": address } }).then(({ status }) => status);
  const statuses = [];
  for (const _ of times(4)) statuses.push(await from("192.0.2.1"));
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect(await from("192.0.2.2")).toBe(200);
});

test("on workerd the documentation page's script comes from the ASSETS binding, and is missing without one", async () => {
  for (const encoding of ["gzip", "identity"]) {
    const headers = { "Accept-Encoding": encoding };
    const { status, body } = await edge.request("api", "/docs/scalar.js", { headers });
    expect([status, body.includes("createApiReference")]).toEqual([200, true]);
  }
  expect((await edge.request("cut", "/docs/scalar.js")).body.error_id).toBe("NOT_FOUND");
});

test("on workerd the use of an API key is written behind the answer", async () => {
  const { token, book } = await register("key");
  const json = { name: "reader", scopes: ["read"] };
  const { status, body } = await edge.request("api", `${book}/api-keys`, { token, json });
  expect(status).toBe(201);
  expect((await edge.request("api", `${book}/accounts`, { token: body.key })).status).toBe(200);
  await until(async () => {
    const keys = await edge.request("api", `${book}/api-keys`, { token });
    return keys.body.items[0].last_used_at !== null;
  });
});

test("on workerd a client that goes away cuts nothing off half-way", async () => {
  const { balance, token, book } = await openBook("gone");
  const client = new AbortController();
  const gone = await admin.begin(async (tx) => {
    await tx`lock table ledger.accounts in access exclusive mode`;
    const json = { path: "Assets:Bank", type: "asset" };
    const sent = edge
      .request("api", `${book}/accounts`, { token, json, signal: client.signal })
      .catch((error) => error);
    await until(async () => {
      const [waiting] = await admin`select from pg_locks where not granted and relation = 'ledger.accounts'::regclass`;
      return waiting !== undefined;
    });
    client.abort();
    await Bun.sleep(200);
    return sent;
  });
  expect(gone).toBeInstanceOf(Error);
  await until(async () => {
    const { body } = await edge.request("api", `${book}/accounts`, { token });
    return body.items.some((account: { path: string }) => account.path === "Assets:Bank");
  });
  expect((await balance()).status).toBe(200);
});

test("on workerd a database that cannot be reached is a 503 that says so", async () => {
  const json = { email: "nobody@example.com", password };
  const { status, headers, body } = await edge.request("cut", "/api/v1/auth/login", { json });
  expect([status, body.error_id, headers.get("retry-after")]).toEqual([503, "DATABASE_UNAVAILABLE", "1"]);
  expect((await edge.request("cut", "/health")).status).toBe(503);
});

test("on workerd a database role that could pass the wall between books is warned of", async () => {
  expect((await edge.request("wide", "/health")).status).toBe(200);
  await until(async () => edge.logged.some((line) => /THE WALL.* is a superuser/.test(String(line["message"]))));
});

test("on workerd a faulty configuration answers every request with a problem, and the log names every fault", async () => {
  const { status, body } = await edge.request("bare", "/health");
  expect([status, body.error_id]).toEqual([500, "INTERNAL"]);
  expect(JSON.stringify(body)).not.toContain("PORT");
  await until(async () => edge.logged.some((line) => line["request_id"] === body.request_id));
  const text = JSON.stringify(edge.logged.find((line) => line["request_id"] === body.request_id));
  for (const variable of ["PORT", "SECRET_KEY", "DATABASE_URL"]) expect(text).toContain(variable);
  expect(text).not.toContain("a-thing-that-is-no-port");
});

test("on workerd no request leaves its connection behind, and the runtime had nothing to complain of", async () => {
  await until(async () => {
    const [left] = await admin`
      select from pg_stat_activity where datname = ${database.name} and application_name = 'footing-edge'`;
    return left === undefined;
  });
  expect(edge.complaints).toEqual([]);
});
