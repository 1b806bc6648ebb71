/** A book with two entries, in which a test breaks what posting and the database refuse. */
import type { Sql } from "postgres";
import type { InvariantName } from "../../../src/modules/verify/schemas.ts";
import type { Verification } from "../../../src/modules/verify/service.ts";
import type { TestApp } from "../../support/app.ts";
import { createLedgerBook, type GeneratedLine, type LedgerBook } from "../journal/ledger-book.ts";

export interface PlantedBook extends LedgerBook {
  /** Cash and income: 10.00 USD on 2024-01-01. */
  readonly plainId: string;
  /** Three seats at 2.500 KWD on 2024-03-01. */
  readonly pricedId: string;
}

/** What a planted fault may name. */
export type Planting = (sql: Sql, book: PlantedBook) => Promise<unknown>;

export interface Planted {
  readonly planting: Planting;
  /** All that is found, and nothing else. */
  readonly broken: Partial<Record<InvariantName, number>>;
  /** The first examples of the invariants whose wording matters here. */
  readonly examples?: (
    book: PlantedBook,
  ) => Partial<Record<InvariantName, Verification["invariants"][number]["examples"][number]>>;
  /** Whether seals are left as posting made them; otherwise they are made to fit, so that the rest is seen by itself. */
  readonly sealKept?: boolean;
}

const line = (account_path: string, side: "debit" | "credit", amount: string, commodity: string): GeneratedLine => ({
  account_path,
  side,
  amount,
  commodity,
});

export async function createPlantedBook(app: TestApp): Promise<PlantedBook> {
  const book = await createLedgerBook(app);
  const seats = { ...line("Assets", "debit", "3", "SEAT"), price: { amount: "2.500", commodity: "KWD" } };
  const posted = await book.postAll(
    [
      {
        date: "2024-01-01",
        tags: [],
        lines: [line("Assets:Bank", "debit", "10.00", "USD"), line("Income", "credit", "10.00", "USD")],
      },
      { date: "2024-03-01", tags: [], lines: [seats, line("Assets:Bank", "credit", "7.500", "KWD")] },
    ],
    true,
  );
  const [plain, priced] = posted;
  if (plain === undefined || priced === undefined) throw new Error("the entries were not posted");
  return { ...book, plainId: plain.id, pricedId: priced.id };
}

/** Past row-level security, foreign keys, triggers and the check at COMMIT. */
export function plant(
  superuser: Sql,
  book: PlantedBook,
  { planting, sealKept = false }: Pick<Planted, "planting" | "sealKept">,
): Promise<unknown> {
  return superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await planting(sql as unknown as Sql, book);
    if (sealKept) return;
    await sql`
      update ledger.journal_entries e set seal = ledger.seal(e, array(
        select l from ledger.lines l where l.book_id = e.book_id and l.entry_id = e.id))
      where book_id = ${book.bookId} and status <> 'draft'`;
  });
}

/** Entries without lines. */
export function insertHeaders(
  sql: Sql,
  { bookId }: { readonly bookId: string },
  header: {
    readonly count: number;
    readonly status: "draft" | "posted";
    readonly date?: string;
    readonly xid?: string;
  },
): Promise<unknown> {
  const { count, status, date = "2024-01-01", xid = "3" } = header;
  return sql`
    insert into ledger.journal_entries (book_id, id, status, date, tags, links, metadata, closing, created_by, created_at,
      recorded_by, recorded_at, recorded_xid, request_id, trace_id, seal)
    select ${bookId}, gen_random_uuid(), ${status}, ${date}, '{}', '{}', '{}', false, gen_random_uuid(), now(),
      gen_random_uuid(), now(), ${xid}::text::xid8, 'planted', repeat('0', 32), case ${status} when 'posted' then '\\x00'::bytea end
    from generate_series(1, ${count})`;
}

/** Voids the plain entry through the API, a month after its date, and gives the reversal's id. */
export async function voidPlain(book: PlantedBook): Promise<string> {
  const { status, body } = await book.post(`/journal-entries/${book.plainId}/void`, {
    date: "2024-02-01",
    reason: "Entered twice",
  });
  if (status !== 201) throw new Error(`voiding answered ${JSON.stringify(body)}`);
  return body.id;
}

/** Moves an entry to another day, with its lines and totals, where nothing else of its old day is. */
export async function redate(sql: Sql, book: PlantedBook, entryId: string, date: string): Promise<void> {
  await sql`
    update ledger.daily_totals set date = ${date}
    where book_id = ${book.bookId} and date = (select date from ledger.journal_entries where id = ${entryId})`;
  await sql`update ledger.lines set date = ${date} where entry_id = ${entryId}`;
  await sql`update ledger.journal_entries set date = ${date} where id = ${entryId}`;
}
