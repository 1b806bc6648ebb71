import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres, { type Sql } from "postgres";
import {
  createLedgerBook,
  type GeneratedEntry,
  type LedgerBook,
  type PostedEntry,
} from "../api/journal/ledger-book.ts";
import { createTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
let book: LedgerBook;
let connections: Record<"api" | "owner", Sql>;
let posted: PostedEntry;
let other: PostedEntry;
/** A voided entry and the one that reverses it. */
let voided: PostedEntry;
let reversalId: string;
let draftId: string;

const entry: GeneratedEntry = {
  date: "2024-01-01",
  memo: "As posted",
  tags: ["a"],
  lines: [
    {
      account_path: "Assets",
      side: "debit",
      amount: "1.00",
      commodity: "USD",
      price: { amount: "2", commodity: "KWD" },
    },
    { account_path: "Income", side: "credit", amount: "2.00", commodity: "KWD" },
  ],
};

beforeAll(async () => {
  app = await createTestApp();
  book = await createLedgerBook(app);
  connections = {
    api: postgres(app.database.apiUrl, { max: 1, fetch_types: false }),
    owner: postgres(app.database.ownerUrl, { max: 1, fetch_types: false, onnotice: () => undefined }),
  };
  [posted, other, voided] = (await book.postAll([entry, entry, entry], true)) as [
    PostedEntry,
    PostedEntry,
    PostedEntry,
  ];
  const reversal = await book.post(`/journal-entries/${voided.id}/void`, { date: "2024-01-02", reason: "Twice" });
  reversalId = reversal.body.id;
  draftId = (await book.post("/journal-entries", { ...entry, status: "draft" })).body.id;
});
afterAll(async () => {
  await Promise.all([connections.api.end(), connections.owner.end()]);
  await app.close();
});

const roles = ["api", "owner"] as const;
const kept = { code: "23000", constraint_name: "posted_entries_never_change" };

/** What a statement answers in the book: its row count, or its error. Undone in any case, once COMMIT would take it. */
async function attempt(as: (typeof roles)[number], statement: string): Promise<unknown> {
  const undone = new Error("undone");
  let outcome: unknown;
  try {
    await connections[as].begin(async (sql) => {
      await sql`select set_config('footing.book_id', ${book.bookId}, true)`;
      outcome = (await sql.unsafe(statement)).count;
      await sql`set constraints all immediate`;
      throw undone;
    });
  } catch (error) {
    if (error !== undone) outcome = error;
  }
  return outcome;
}

/** Every column with another value of its type than the one given. */
async function changesOf(table: "journal_entries" | "lines"): Promise<string[]> {
  const columns = await connections.owner<{ name: string; type: string }[]>`
    select column_name as name, udt_name as type from information_schema.columns
    where table_schema = 'ledger' and table_name = ${table} order by ordinal_position`;
  const other: Record<string, (name: string) => string> = {
    uuid: () => "gen_random_uuid()",
    text: (name) => `coalesce(${name}, '') || 'x'`,
    date: (name) => `${name} + 1`,
    _text: (name) => `${name} || 'x'::text`,
    jsonb: (name) => `${name} || '{"changed": true}'`,
    bool: (name) => `not ${name}`,
    timestamptz: (name) => `${name} + interval '1 microsecond'`,
    xid8: () => "'4'",
    bytea: (name) => `${name} || '\\x00'::bytea`,
    numeric: (name) => `coalesce(${name}, 0) + 0.000000000000000001`,
    int2: (name) => `${name} + 100`,
  };
  expect(columns.length).toBeGreaterThan(15);
  return columns.map(({ name, type }) => {
    const changed = other[type]?.(`"${name}"`);
    if (changed === undefined) throw new Error(`no other value of ${name}, a ${type}`);
    return `"${name}" = ${changed}`;
  });
}

/** Refused for what it does, or by a constraint or the wall before that: never taken. */
const refusals = new Set(["23000", "23503", "23514", "42501"]);

test.each(roles)("the %s changes no column of a posted, voided or reversing entry, nor of its lines", async (as) => {
  const changed = {
    journal_entries: (id: string) => `id = '${id}'`,
    lines: (id: string) => `entry_id = '${id}'`,
  };
  for (const table of ["journal_entries", "lines"] as const) {
    for (const change of await changesOf(table)) {
      for (const id of [posted.id, voided.id, reversalId]) {
        const outcome = await attempt(as, `update ledger.${table} set ${change} where ${changed[table](id)}`);
        expect([table, change, outcome]).toEqual([table, change, expect.any(postgres.PostgresError)]);
        expect([change, refusals.has((outcome as { code: string }).code)]).toEqual([change, true]);
      }
    }
  }
});

test.each(roles)("a column that no constraint looks at is kept by the triggers, for the %s", async (as) => {
  for (const change of ["memo = 'x'", "date = date + 1", "closing = true", "recorded_xid = '4'", "seal = '\\x00'"]) {
    const outcome = await attempt(as, `update ledger.journal_entries set ${change} where id = '${posted.id}'`);
    expect([change, outcome]).toMatchObject([change, kept]);
  }
  for (const change of ["memo = 'x'", "rounding = true", "metadata = '{\"a\": 1}'", "price_source = 'x'"]) {
    const where = `entry_id = '${posted.id}' and "position" = 0`;
    expect([change, await attempt(as, `update ledger.lines set ${change} where ${where}`)]).toMatchObject([
      change,
      kept,
    ]);
  }
});

const acts: Record<string, () => string> = {
  "delete an entry": () => `delete from ledger.journal_entries where id = '${posted.id}'`,
  "delete a reversal": () => `delete from ledger.journal_entries where id = '${reversalId}'`,
  "delete a line": () => `delete from ledger.lines where entry_id = '${posted.id}' and "position" = 0`,
  "delete all lines": () => `delete from ledger.lines where entry_id = '${posted.id}'`,
  "add a line": () => `
    insert into ledger.lines select (jsonb_populate_record(l, '{"position": 9, "amount": 0, "weight": 0}')).*
    from ledger.lines l where entry_id = '${posted.id}' and "position" = 1`,
  "move a line to another entry": () => `
    update ledger.lines set entry_id = '${other.id}', "position" = 9 where entry_id = '${posted.id}' and "position" = 0`,
  "move a draft's line to it": () => `
    update ledger.lines set entry_id = '${posted.id}', "position" = 9 where entry_id = '${draftId}' and "position" = 0`,
  "make it a draft": () => `
    update ledger.journal_entries set status = 'draft', seal = null where id = '${posted.id}'`,
  "un-void an entry": () => `
    update ledger.journal_entries set status = 'posted', voided_by_id = null where id = '${voided.id}'`,
  "void it by another reversal": () => `
    update ledger.journal_entries set voided_by_id = '${other.id}' where id = '${voided.id}'`,
  "change it as it is voided": () => `
    update ledger.journal_entries set status = 'voided', voided_by_id = '${other.id}', memo = 'x' where id = '${posted.id}'`,
  "post a draft by its status": () => `
    update ledger.journal_entries set status = 'posted', seal = '\\x00' where id = '${draftId}'`,
};

for (const as of roles) {
  test.each(Object.entries(acts))(`the ${as} is refused to %s`, async (_, statement) => {
    expect(await attempt(as, statement())).toMatchObject(kept);
  });
}

test("nobody truncates entries or lines", async () => {
  for (const table of ["journal_entries", "lines"]) {
    expect(await attempt("owner", `truncate ledger.${table} cascade`)).toMatchObject(kept);
    expect(await attempt("api", `truncate ledger.${table} cascade`)).toMatchObject({ code: "42501" });
  }
});

test.each(roles)("for the %s a statement that changes nothing passes", async (as) => {
  const entries = `update ledger.journal_entries set memo = memo, status = status where id = '${posted.id}'`;
  expect(await attempt(as, entries)).toBe(1);
  expect(await attempt(as, `update ledger.lines set amount = amount where entry_id = '${posted.id}'`)).toBe(2);
});

test.each(roles)("for the %s drafts change and go freely", async (as) => {
  const draft = `id = '${draftId}'`;
  const lines = `entry_id = '${draftId}'`;
  expect(await attempt(as, `update ledger.journal_entries set memo = 'x', date = '2025-01-01' where ${draft}`)).toBe(1);
  expect(await attempt(as, `update ledger.lines set amount = 9, weight = 18 where ${lines} and "position" = 0`)).toBe(
    1,
  );
  expect(await attempt(as, `delete from ledger.lines where ${lines}`)).toBe(2);
  expect(await attempt(as, `delete from ledger.journal_entries where ${draft}`)).toBe(1);
});

test("the API's role turns no trigger off", async () => {
  for (const table of ["journal_entries", "lines"]) {
    expect(await attempt("api", `alter table ledger.${table} disable trigger user`)).toMatchObject({ code: "42501" });
  }
  expect(await attempt("api", "set local session_replication_role = replica")).toMatchObject({ code: "42501" });
});
