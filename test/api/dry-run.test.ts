import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import { createTestApp } from "../support/app.ts";
import { superuserUrl } from "../support/database.ts";
import { send } from "./shared-suite/expect-answer.ts";
import { listOperations, type Operation } from "./shared-suite/operations.ts";
import type { Known } from "./shared-suite/sample.ts";
import { createSampler, withQuery } from "./shared-suite/sampler.ts";
import { seedBook } from "./shared-suite/seed-book.ts";

// The routes are those of the app itself: a new write to a book is held to this without a word written here.
const t = await createTestApp();
const operations = listOperations(t.app);
const sampler = createSampler(t);
const writes = operations.filter(({ parameters }) => parameters.some(({ name }) => name === "dry_run"));
const [user, other] = [await t.register(), await t.register()];
let superuser: Sql;
let known: Known;

beforeAll(async () => {
  superuser = postgres(await superuserUrl(t.database.name), { max: 1, fetch_types: false });
  known = await seedBook(t, {
    operations,
    sampler,
    token: user.token,
    known: { book_id: user.bookId, email: other.email, code: "POINTS" },
  });
});
afterAll(async () => {
  await superuser.end();
  await t.close();
});

/** Everything that the database keeps, row by row, and how far its sequences have come. */
async function dump(): Promise<Readonly<Record<string, string>>> {
  const tables = await superuser<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('identity', 'ledger') order by 1`;
  const rows: Record<string, string> = {};
  for (const { name } of tables) {
    const [table] = await superuser.unsafe(
      `select coalesce(string_agg(t::text, e'\\n' order by t::text), '') as text from ${name} t`,
    );
    rows[name] = table?.["text"];
  }
  const sequences = await superuser`select schemaname, sequencename, last_value from pg_sequences`;
  return { ...rows, sequences: JSON.stringify(sequences) };
}

/** What a sample does not know: whom to add, a code and a path that are free, a draft. */
async function knownFor(operation: Operation): Promise<Known> {
  if (operation.id === "addMember") return { ...known, email: (await t.register()).email };
  if (operation.id === "createCommodity") return { ...known, code: "FREE" };
  if (!["changeDraft", "deleteDraft", "postDraft"].includes(operation.id)) return known;
  const posting = operations.find(({ id }) => id === "postJournalEntry");
  if (posting === undefined) throw new Error("there is no route that makes a draft");
  const { path, options } = sampler.requestOf(posting, known);
  const json = { ...(options.json as object), status: "draft" };
  return { ...known, entry_id: (await send(t, { path, options: { ...options, json } }, user.token)).body.id };
}

test("there are writes to a book, and all but those about credentials take dry_run", () => {
  const withoutDryRun = operations.filter(
    ({ method, ofBook, parameters }) =>
      ofBook && method !== "GET" && !parameters.some(({ name }) => name === "dry_run"),
  );
  expect(withoutDryRun.map(({ id }) => id)).toEqual(["createInvitation", "createApiKey", "revokeApiKey"]);
  expect(writes.length).toBeGreaterThan(15);
});

describe.each(writes.map((operation) => [operation.id, operation] as const))("%s", (_, operation) => {
  test("leaves every table as it was when it is run dry, and answers what it would answer", async () => {
    const request = sampler.requestOf(operation, await knownFor(operation));
    const headers = { ...request.options.headers, "Idempotency-Key": `dry-${operation.id}` };
    const before = await dump();
    const dry = await send(
      t,
      { path: withQuery(request.path, "dry_run=true"), options: { ...request.options, headers } },
      user.token,
    );
    expect(await dump()).toEqual(before);
    const real = await send(t, { path: request.path, options: { ...request.options, headers } }, user.token);
    expect([real.status, real.headers.get("idempotency-replayed")]).toEqual([dry.status, null]);
    expect(timeless(dry.body)).toEqual(timeless(real.body));
    if (real.status < 300) expect(await dump()).not.toEqual(before);
  });
});

/** Without what is new in every answer: the ids that are made, times, and the ids of the request. */
function timeless(body: unknown): unknown {
  const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$|^suite-\d+$|^\d{4}-\d{2}-\d{2}T/;
  return JSON.parse(
    JSON.stringify(body, (name, value) =>
      (typeof value === "string" && made.test(value)) || name === "knowledge" ? "…" : value,
    ),
  );
}
