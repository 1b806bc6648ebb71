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
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./accounts.ts";
import { bytea, xid8 } from "./column-types.ts";
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
    /** Whether the entry moves income and expenses to equity at a period's end: no flow of the period itself. */
    closing: boolean().notNull(),
    /** The entry that this one reverses, and why. */
    voidsId: uuid("voids_id"),
    voidReason: text("void_reason"),
    /** The entry that reverses this one. */
    voidedById: uuid("voided_by_id"),
    createdBy: uuid("created_by").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
    /** The last write: an entry's posting, a draft's last change. */
    recordedBy: uuid("recorded_by").notNull(),
    /** The API key that the user wrote with, if any. */
    recordedKeyId: uuid("recorded_key_id"),
    recordedAt: timestamp("recorded_at", { withTimezone: true, mode: "date" }).notNull(),
    /** The database's transaction: tells what a snapshot saw, whenever it was committed. */
    recordedXid: xid8("recorded_xid").notNull(),
    requestId: text("request_id").notNull(),
    traceId: text("trace_id").notNull(),
    /** SHA-256 of what was posted (`ledger.seal`); null while a draft. */
    seal: bytea(),
  },
  (table) => [
    primaryKey({ name: "journal_entries_pkey", columns: [table.bookId, table.id] }),
    foreignKey({
      name: "journal_entries_voids_fkey",
      columns: [table.bookId, table.voidsId],
      foreignColumns: [table.bookId, table.id],
    }),
    index("journal_entries_date_idx").on(table.bookId, table.date.desc(), table.id.desc()),
    // Of what is posted. Said by the seal and not by the status, so that no plan for anything else takes them.
    index("journal_entries_recorded_at_idx").on(table.bookId, table.recordedAt).where(sql`seal is not null`),
    index("journal_entries_recorded_xid_idx").on(table.bookId, table.recordedXid).where(sql`seal is not null`),
    index("journal_entries_closing_idx").on(table.bookId, table.date).where(sql`closing and seal is not null`),
    uniqueIndex("journal_entries_voids_key").on(table.bookId, table.voidsId).where(sql`voids_id is not null`),
    check("journal_entries_status_check", sql`${table.status} in ('draft', 'posted', 'voided')`),
    check("journal_entries_voided_check", sql`(${table.status} = 'voided') = (${table.voidedById} is not null)`),
    check("journal_entries_voids_check", sql`(${table.voidsId} is null) = (${table.voidReason} is null)`),
    check("journal_entries_seal_check", sql`(${table.status} = 'draft') = (${table.seal} is null)`),
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
    /** Where the price came from, as told by whoever posted it. */
    priceSource: text("price_source"),
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
    check("lines_price_source_check", sql`${table.priceSource} is null or ${table.priceAmount} is not null`),
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

/** Sums of posted lines by account and commodity, whatever their day: what posting answers, and keeps. */
export const accountBalances = ledger.table(
  "account_balances",
  {
    bookId: uuid("book_id").notNull(),
    accountId: uuid("account_id").notNull(),
    commodity: text().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (table) => [
    primaryKey({ name: "account_balances_pkey", columns: [table.bookId, table.accountId, table.commodity] }),
    foreignKey({
      name: "account_balances_account_fkey",
      columns: [table.bookId, table.accountId],
      foreignColumns: [accounts.bookId, accounts.id],
    }),
  ],
);
