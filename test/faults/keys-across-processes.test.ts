import { afterAll, beforeAll, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { v7 as uuidV7 } from "uuid";
import { createImportKey, type ImportKey } from "../support/api-key.ts";
import { type ApiProcess, startApi } from "../support/api-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let processes: ApiProcess[];
let book: ImportKey;

beforeAll(async () => {
  database = await createTestDatabase();
  const cwd = tmpdir();
  const env = {
    DATABASE_URL: database.apiUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    SECRET_KEY: "a-secret-key-for-tests-of-at-least-32-bytes",
    DB_POOL_SIZE: "6",
    API_RATE_LIMIT_REQUESTS: "100000",
  };
  processes = await Promise.all([startApi({ cwd, env }), startApi({ cwd, env })]);
  book = await createImportKey(processes[0]?.url ?? "");
  await send(0, "accounts", { path: "Assets:Bank", type: "asset" });
  await send(0, "accounts", { path: "Income:Salary", type: "income" });
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((api) => api.end("SIGTERM")));
  await database.drop();
});

async function send(api: number, path: string, json?: unknown, key?: string) {
  const response = await fetch(`${processes[api % processes.length]?.url}/api/v1/books/${book.bookId}/${path}`, {
    method: json === undefined ? "GET" : "POST",
    headers: {
      Authorization: `Bearer ${book.key}`,
      "Content-Type": "application/json",
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const body = JSON.parse(await response.text());
  return { status: response.status, replayed: response.headers.get("idempotency-replayed") === "true", body };
}

const entry = (amount: string) => ({
  date: "2026-01-15",
  lines: [
    { account_path: "Assets:Bank", side: "debit", amount, commodity: "USD" },
    { account_path: "Income:Salary", side: "credit", amount, commodity: "USD" },
  ],
});

test("one key sent to two processes at once, over and over, has one effect and one answer", async () => {
  const keys = Array.from({ length: 20 }, () => uuidV7());
  const answers = await Promise.all(
    keys.flatMap((key) => Array.from({ length: 6 }, (_, at) => send(at, "journal-entries", entry("1.00"), key))),
  );
  for (const [index, key] of keys.entries()) {
    const own = answers.slice(index * 6, index * 6 + 6);
    expect({ key, statuses: own.map(({ status }) => status) }).toEqual({ key, statuses: Array(6).fill(201) });
    expect(own.filter(({ replayed }) => !replayed)).toHaveLength(1);
    for (const { body } of own) expect(body).toEqual(own[0]?.body);
  }
  const { body } = await send(1, "journal-entries?limit=200");
  expect(body.items).toHaveLength(keys.length);
  expect((await send(0, "verify")).body.status).toBe("ok");
}, 60_000);

test("a key that stands for one body in one process is refused for another in the other", async () => {
  const key = uuidV7();
  const answers = await Promise.all([
    send(0, "journal-entries", entry("2.00"), key),
    send(1, "journal-entries", entry("3.00"), key),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.error_id).toBe("IDEMPOTENCY_KEY_REUSED");
}, 60_000);
