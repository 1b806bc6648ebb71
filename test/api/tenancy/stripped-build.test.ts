import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { type ApiProcess, startApi } from "../../support/api-process.ts";
import { createTestApp, type RequestOptions } from "../../support/app.ts";
import { superuserUrl } from "../../support/database.ts";
import { listOperations, type Operation } from "../shared-suite/operations.ts";
import type { Known } from "../shared-suite/sample.ts";
import { createSampler, type SampleRequest, withQuery } from "../shared-suite/sampler.ts";
import { listMakers, seedBook } from "../shared-suite/seed-book.ts";
import { buildWithoutBookConditions, type Stripped, stripFunctions } from "./without-book-conditions.ts";

// The wall alone: the application, rebuilt without a condition on the book anywhere, reads and writes as it always does,
// and sees the other book as soon as its role is one that row-level security does not hold.
const t = await createTestApp();
const operations = listOperations(t.app);
const sampler = createSampler(t);
const reads = operations.filter(({ ofBook, method }) => ofBook && method === "GET");
const makers = listMakers(operations);

let directory: string;
let build: Stripped;
let inFunctions: Readonly<Record<string, number>>;
let behindWall: ApiProcess;
let pastWall: ApiProcess;
let mine: Holder;
let theirs: Holder;
/** What the application as it is answered, by operation. */
const asItIs = new Map<string, unknown>();

interface Holder {
  readonly token: string;
  readonly known: Known;
}

beforeAll(async () => {
  [mine, theirs] = [await fill("MINE"), await fill("THEIRS")];
  for (const operation of reads) asItIs.set(operation.id, await answerOf(null, operation, mine));
  const owner = postgres(t.database.ownerUrl, { max: 1, fetch_types: false });
  inFunctions = await stripFunctions(owner);
  await owner.end();
  directory = await mkdtemp(join(tmpdir(), "footing-stripped-"));
  build = await buildWithoutBookConditions(directory);
  const start = (databaseUrl: string) =>
    startApi({
      cwd: directory,
      entry: build.entry,
      env: {
        DATABASE_URL: databaseUrl,
        DATABASE_MIGRATION_URL: t.database.ownerUrl,
        SECRET_KEY: t.deps.config.auth.secretKey,
        API_RATE_LIMIT_REQUESTS: "1000000",
        DB_POOL_SIZE: "2",
      },
    });
  behindWall = await start(t.database.apiUrl);
  pastWall = await start(await superuserUrl(t.database.name));
}, 120_000);
afterAll(async () => {
  await Promise.all([behindWall?.end("SIGTERM"), pastWall?.end("SIGTERM")]);
  await t.close();
  if (directory !== undefined) await rm(directory, { recursive: true });
});

/** A user whose book has one of everything that the API makes. */
async function fill(code: string): Promise<Holder> {
  const [user, guest] = [await t.register(), await t.register()];
  const own = { book_id: user.bookId, email: guest.email, code, path: `Assets:${code}` };
  return { token: user.token, known: await seedBook(t, { operations, sampler, token: user.token, known: own }) };
}

/** An answer of a build, or of the application as it is, without what differs from one request to the next. */
async function answerOf(api: ApiProcess | null, operation: Operation, { token, known }: Holder): Promise<unknown> {
  const request = sampler.requestOf(operation, known);
  const isList = operation.parameters.some(({ name }) => name === "limit");
  return send(api, isList ? { ...request, path: withQuery(request.path, "limit=200") } : request, token);
}

async function send(api: ApiProcess | null, { path, options }: SampleRequest, token: string) {
  const { status, body } = await (api === null
    ? t.request(path, { ...options, token })
    : fetchJson(api, path, { ...options, token }));
  const passing = /^(?:request_id|trace_id|knowledge|to|at)$/;
  const lasting = JSON.stringify(body, (name, value) => (passing.test(name) || isErrorPage(value) ? "…" : value));
  return { status, body: JSON.parse(lasting) };
}

const isErrorPage = (value: unknown) => typeof value === "string" && /^http:.*\/errors\/[A-Z_]+$/.test(value);

async function fetchJson(api: ApiProcess, path: string, { method = "GET", token, json, headers }: RequestOptions) {
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...type, ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: /json$/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : text,
  };
}

test("the build has no condition on the book left, in any repository and in any function that had one", () => {
  expect(build.left).toEqual([]);
  const total = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(Object.keys(build.taken).length).toBeGreaterThan(12);
  expect(total(build.taken)).toBeGreaterThan(90);
  expect(Object.keys(inFunctions)).toEqual(expect.arrayContaining(["judge_lines", "lines_of", "movements"]));
  expect(total(inFunctions)).toBeGreaterThan(8);
});

describe.each(reads.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_, operation) => {
    test("answers of one's own book what the application answers, and nothing of another one", async () => {
      const answer = await answerOf(behindWall, operation, mine);
      expect(answer).toEqual(asItIs.get(operation.id));
      const text = JSON.stringify(answer);
      for (const id of [theirs.known["book_id"], "THEIRS"]) expect(text).not.toContain(id ?? "");
    });
  },
);

test("what names another book's objects finds none of them, whether it reads, changes or deletes them", async () => {
  const before = await Promise.all(reads.map((operation) => answerOf(behindWall, operation, theirs)));
  let tried = 0;
  for (const operation of operations.filter(({ ofBook }) => ofBook)) {
    for (const { name } of makers.filter((maker) => operation.path.includes(`{${maker.name}}`))) {
      const known = { ...mine.known, [name]: theirs.known[name] ?? "" };
      const { status, body } = await send(behindWall, sampler.requestOf(operation, known), mine.token);
      expect([operation.id, name, status, body.error_id]).toEqual([operation.id, name, 404, "NOT_FOUND"]);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(20);
  expect(await Promise.all(reads.map((operation) => answerOf(behindWall, operation, theirs)))).toEqual(before);
});

test("an entry cannot be posted to another book's account, by id or by path", async () => {
  const line = { amount: "1.00", commodity: "USD" };
  for (const account of [{ account_id: theirs.known["account_id"] }, { account_path: "Assets:THEIRS" }]) {
    const lines = [
      { ...account, side: "debit", ...line },
      { account_id: mine.known["account_id"], side: "credit", ...line },
    ];
    const json = { date: "2026-01-31", lines };
    const path = `/api/v1/books/${mine.known["book_id"]}/journal-entries`;
    const { status, body } = await send(behindWall, { path, options: { method: "POST", json } }, mine.token);
    expect([status, body.error_id]).toEqual([422, "ACCOUNT_UNKNOWN"]);
  }
});

test("past the wall the same build does show the other book: it is the wall that holds", async () => {
  const leaking: string[] = [];
  for (const operation of reads) {
    const answer = await answerOf(pastWall, operation, mine);
    if (JSON.stringify(answer) !== JSON.stringify(asItIs.get(operation.id))) leaking.push(operation.id);
  }
  expect(leaking.length).toBeGreaterThan(5);
  for (const id of ["listAccounts", "listCommodities", "listJournalEntries", "listPrices", "exportBook"])
    expect(leaking).toContain(id);
});
