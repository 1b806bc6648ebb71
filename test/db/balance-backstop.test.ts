import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { v7 as uuidV7 } from "uuid";
import { type Tx, withTx } from "../../src/foundation/db/index.ts";
import { scopeOf } from "../api/accounts/book-client.ts";
import { createLedgerBook, type LedgerBook } from "../api/journal/ledger-book.ts";
import { createTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
let book: LedgerBook;
let api: postgres.Sql;
let owner: postgres.Sql;
beforeAll(async () => {
  app = await createTestApp();
  book = await createLedgerBook(app);
  api = postgres(app.database.apiUrl, { max: 1, fetch_types: false });
  owner = postgres(app.database.ownerUrl, { max: 1, fetch_types: false });
});
afterAll(async () => {
  await Promise.all([api.end(), owner.end()]);
  await app.close();
});

/** As the API's role and past the program: what COMMIT answers. */
const inBook = (statements: (tx: Tx) => Promise<unknown>) => withTx(app.db, scopeOf(book.bookId), statements);

const insertEntry = (tx: Tx, id: string, status = "posted") => tx.sql`
  insert into ledger.journal_entries (book_id, id, status, date, tags, links, metadata, closing, created_by, created_at,
    recorded_by, recorded_at, recorded_xid, request_id, trace_id, seal)
  values (${book.bookId}, ${id}, ${status}, '2024-01-01', '{}', '{}', '{}', false, ${uuidV7()}, now(), ${uuidV7()}, now(),
    pg_current_xact_id(), 'raw', 'raw', case ${status} when 'posted' then '\\x00'::bytea end)`;

interface RawLine {
  readonly position: number;
  readonly side: "debit" | "credit";
  readonly amount: string;
  readonly commodity?: string;
  readonly price?: string;
  readonly weight?: string;
  readonly weightCommodity?: string;
}

const insertLine = (tx: Tx, entryId: string, line: RawLine) => {
  const { commodity = "USD", price = null, weight = line.amount, weightCommodity = commodity } = line;
  return tx.sql`
    insert into ledger.lines (book_id, entry_id, position, account_id, date, side, amount, commodity, price_amount,
      price_commodity, weight, weight_commodity, metadata, rounding)
    values (${book.bookId}, ${entryId}, ${line.position}, ${String(book.accountIds.get("Assets"))}, '2024-01-01',
      ${line.side}, ${line.amount}::text::numeric, ${commodity}, ${price}::text::numeric,
      ${price === null ? null : weightCommodity}, ${weight}::text::numeric, ${weightCommodity}, '{}', false)`;
};

const insert = (id: string, lines: readonly RawLine[], status = "posted") =>
  inBook(async (tx) => {
    await insertEntry(tx, id, status);
    for (const line of lines) await insertLine(tx, id, line);
  });

const unbalanced = expect.objectContaining({ errorId: "ENTRY_UNBALANCED" });
const rejection = (work: Promise<unknown>) =>
  work.then(
    () => "committed",
    (error: unknown) => error,
  );

const debit = (amount: string, more: Partial<RawLine> = {}): RawLine => ({
  position: 0,
  side: "debit",
  amount,
  ...more,
});
const credit = (amount: string, more: Partial<RawLine> = {}): RawLine => ({
  position: 1,
  side: "credit",
  amount,
  ...more,
});

test("the same statements with a balanced entry commit: the refusals below are not of their form", async () => {
  const id = uuidV7();
  expect(await rejection(insert(id, [debit("1"), credit("1.00")]))).toBe("committed");
  expect((await book.get(`/journal-entries/${id}`)).body.lines.length).toBe(2);
});

const refused: Record<string, readonly RawLine[]> = {
  "whose sides differ in the 18th place": [debit("1.000000000000000001"), credit("1")],
  "that balances over all commodities and in none": [debit("1"), credit("1", { commodity: "EUR" })],
  "with equal amounts and unequal weights": [
    debit("1", { price: "2", weight: "2", weightCommodity: "EUR" }),
    credit("1", { price: "3", weight: "3", weightCommodity: "EUR" }),
  ],
  "with one line": [debit("0")],
  "without lines": [],
  "of amounts that are no numbers": [debit("NaN"), credit("NaN")],
  "of infinite amounts": [debit("Infinity"), credit("Infinity")],
};

test.each(Object.entries(refused))("COMMIT refuses a posted entry %s", async (_, lines) => {
  const id = uuidV7();
  expect(await rejection(insert(id, lines))).toEqual(unbalanced);
  expect((await book.get(`/journal-entries/${id}`)).status).toBe(404);
});

test("a draft may be unbalanced, and is posted only by being written anew, which is checked", async () => {
  const id = uuidV7();
  const lines = [debit("1"), credit("2")];
  expect(await rejection(insert(id, lines, "draft"))).toBe("committed");
  const mark = inBook(
    (tx) => tx.sql`
    update ledger.journal_entries set status = 'posted', seal = '\\x00' where id = ${id}`,
  );
  expect(await rejection(mark)).toMatchObject({ code: "23000", constraint_name: "posted_entries_never_change" });
  const anew = (posted: readonly RawLine[]) =>
    inBook(async (tx) => {
      await tx.sql`delete from ledger.journal_entries where id = ${id}`;
      await insertEntry(tx, id);
      for (const line of posted) await insertLine(tx, id, line);
    });
  expect(await rejection(anew(lines))).toEqual(unbalanced);
  expect(await rejection(anew([debit("1"), credit("1")]))).toBe("committed");
});

const changes: Record<string, (tx: Tx, id: string, other: string) => Promise<unknown>> = {
  "another line": (tx, id) => insertLine(tx, id, debit("1", { position: 7 })),
  "a line of nothing in another commodity and one of something": async (tx, id) => {
    await insertLine(tx, id, debit("0", { position: -1, commodity: "EUR" }));
    await insertLine(tx, id, debit("1", { position: -2, commodity: "EUR" }));
  },
  "another amount": (tx, id) => tx.sql`
    update ledger.lines set amount = 2, weight = 2 where entry_id = ${id} and position = 0`,
  "the other side": (tx, id) => tx.sql`update ledger.lines set side = 'credit' where entry_id = ${id}`,
  "another commodity on one line": (tx, id) => tx.sql`
    update ledger.lines set commodity = 'EUR', weight_commodity = 'EUR' where entry_id = ${id} and position = 0`,
  "one line less": (tx, id) => tx.sql`delete from ledger.lines where entry_id = ${id} and position = 1`,
  "no lines": (tx, id) => tx.sql`delete from ledger.lines where entry_id = ${id}`,
  "a line moved to another entry": (tx, id, other) => tx.sql`
    update ledger.lines set entry_id = ${other}, position = 9 where entry_id = ${id} and position = 0`,
};

test.each(Object.entries(changes))(
  "should the triggers that keep posted entries be off, COMMIT still refuses one with %s",
  async (_, change) => {
    const [id, other] = [uuidV7(), uuidV7()];
    for (const entry of [id, other]) await insert(entry, [debit("1.00"), credit("1.00")]);
    const work = owner.begin(async (sql) => {
      await sql`select set_config('footing.book_id', ${book.bookId}, true)`;
      await sql`alter table ledger.lines disable trigger lines_keep_changed, disable trigger lines_keep_deleted,
        disable trigger lines_keep_added`;
      await change({ sql } as unknown as Tx, id, other);
    });
    expect(await rejection(work)).toMatchObject({ constraint_name: "journal_entries_balance" });
  },
);

test.each([
  ["that is not amount × price", debit("3", { price: "2", weight: "5", weightCommodity: "EUR" })],
  ["that is not the amount", debit("3", { weight: "4" })],
  ["in another commodity without a price", debit("3", { weightCommodity: "EUR" })],
])("a line with a weight %s is refused at once", async (_, line) => {
  const id = uuidV7();
  const work = inBook(async (tx) => {
    await insertEntry(tx, id);
    await insertLine(tx, id, line);
  });
  expect(await rejection(work)).toMatchObject({ constraint_name: "lines_weight_check" });
});

test("the check cannot be put off past COMMIT, nor passed by making it immediate in between", async () => {
  const id = uuidV7();
  const work = inBook(async (tx) => {
    await insertEntry(tx, id);
    await insertLine(tx, id, debit("1"));
    await insertLine(tx, id, credit("1"));
    await tx.sql`set constraints all immediate`;
    await tx.sql`set constraints all deferred`;
    await insertLine(tx, id, debit("1", { position: 2 }));
  });
  expect(await rejection(work)).toEqual(unbalanced);
  const below = inBook(async (tx) => {
    await insertEntry(tx, id);
    await insertLine(tx, id, debit("1", { position: 4 }));
    await insertLine(tx, id, credit("1", { position: 5 }));
    await tx.sql`set constraints all immediate`;
    await tx.sql`set constraints all deferred`;
    await insertLine(tx, id, debit("1", { position: 2 }));
  });
  expect(await rejection(below)).toEqual(unbalanced);
  expect(await rejection(api`alter table ledger.lines disable trigger lines_balance`)).toMatchObject({ code: "42501" });
  expect(await rejection(api`set session_replication_role = replica`)).toMatchObject({ code: "42501" });
});
