/** A book with two entries, in which a test breaks what posting and the database refuse. */
import type { Sql } from "postgres";
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

/** Past row-level security, foreign keys and the check at COMMIT. */
export function plant(superuser: Sql, book: PlantedBook, planting: Planting): Promise<unknown> {
  return superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await planting(sql as unknown as Sql, book);
  });
}

/** Entries without lines. */
export function insertHeaders(
  sql: Sql,
  book: PlantedBook,
  headers: { readonly count: number; readonly status: "draft" | "posted" },
): Promise<unknown> {
  return sql`
    insert into ledger.journal_entries (book_id, id, status, date, tags, links, metadata, created_by, created_at)
    select ${book.bookId}, gen_random_uuid(), ${headers.status}, '2024-01-01', '{}', '{}', '{}', gen_random_uuid(), now()
    from generate_series(1, ${headers.count})`;
}
