import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  jsonb,
  numeric,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./accounts.ts";
import { ledger } from "./ledger.ts";

/** The header of an entry. */
export const journalEntries = ledger.table(
  "journal_entries",
  {
    bookId: uuid("book_id").notNull(),
    id: uuid().notNull(),
    status: text({ enum: ["draft", "posted", "voided"] }).notNull(),
    date: date({ mode: "string" }).notNull(),
    memo: text(),
    payee: text(),
    tags: text().array().notNull(),
    links: text().array().notNull(),
    metadata: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Which program or statement the entry came from. */
    source: text(),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
    postedAt: timestamp("posted_at", { withTimezone: true, mode: "date" }),
  },
  (table) => [
    primaryKey({ name: "journal_entries_pkey", columns: [table.bookId, table.id] }),
    index("journal_entries_date_idx").on(table.bookId, table.date.desc(), table.id.desc()),
    check("journal_entries_status_check", sql`${table.status} in ('draft', 'posted', 'voided')`),
  ],
);

/** One side of an entry. Its weight is what it counts for in the entry's balance. */
export const lines = ledger.table(
  "lines",
  {
    bookId: uuid("book_id").notNull(),
    entryId: uuid("entry_id").notNull(),
    /** From 0, in the order in which the entry was written. */
    position: smallint().notNull(),
    accountId: uuid("account_id").notNull(),
    /** The entry's, kept here so that an account's register is one index range. */
    date: date({ mode: "string" }).notNull(),
    side: text({ enum: ["debit", "credit"] }).notNull(),
    amount: numeric().notNull(),
    commodity: text().notNull(),
    /** Unit price: one `commodity` in `priceCommodity`. */
    priceAmount: numeric("price_amount"),
    priceCommodity: text("price_commodity"),
    weight: numeric().notNull(),
    weightCommodity: text("weight_commodity").notNull(),
    memo: text(),
    metadata: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
    /** An explicit remainder: may be finer than the commodity's places. */
    rounding: boolean().notNull(),
  },
  (table) => [
    primaryKey({ name: "lines_pkey", columns: [table.bookId, table.entryId, table.position] }),
    foreignKey({
      name: "lines_entry_fkey",
      columns: [table.bookId, table.entryId],
      foreignColumns: [journalEntries.bookId, journalEntries.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "lines_account_fkey",
      columns: [table.bookId, table.accountId],
      foreignColumns: [accounts.bookId, accounts.id],
    }),
    index("lines_account_idx").on(table.bookId, table.accountId, table.date, table.entryId, table.position),
    check("lines_side_check", sql`${table.side} in ('debit', 'credit')`),
    check("lines_amount_check", sql`${table.amount} >= 0`),
    check("lines_price_check", sql`(${table.priceAmount} is null) = (${table.priceCommodity} is null)`),
    check(
      "lines_weight_check",
      sql`${table.weight} = ${table.amount} * coalesce(${table.priceAmount}, 1) and ${table.weightCommodity} = coalesce(${table.priceCommodity}, ${table.commodity})`,
    ),
  ],
);

/** Sums of posted lines by account, commodity and day: what balances and reports read, and posting keeps. */
export const dailyTotals = ledger.table(
  "daily_totals",
  {
    bookId: uuid("book_id").notNull(),
    accountId: uuid("account_id").notNull(),
    commodity: text().notNull(),
    weightCommodity: text("weight_commodity").notNull(),
    date: date({ mode: "string" }).notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    weightDebit: numeric("weight_debit").notNull(),
    weightCredit: numeric("weight_credit").notNull(),
  },
  (table) => [
    primaryKey({
      name: "daily_totals_pkey",
      columns: [table.bookId, table.accountId, table.commodity, table.weightCommodity, table.date],
    }),
    foreignKey({
      name: "daily_totals_account_fkey",
      columns: [table.bookId, table.accountId],
      foreignColumns: [accounts.bookId, accounts.id],
    }),
  ],
);
