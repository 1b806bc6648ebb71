import { sql } from "drizzle-orm";
import { boolean, check, date, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import { ledger } from "./ledger.ts";

export const accounts = ledger.table(
  "accounts",
  {
    bookId: uuid("book_id").notNull(),
    id: uuid().notNull(),
    /** Components joined by colons, `Assets:Bank:Checking`; the tree follows from it. */
    path: text().notNull(),
    type: text({ enum: ["asset", "liability", "equity", "income", "expense"] }).notNull(),
    code: text(),
    /** The commodities that lines may use; null permits any. */
    commodities: text().array(),
    description: text(),
    /** What the account is in a cash flow statement; null takes that of the nearest account above, or of the type. */
    cashFlow: text("cash_flow", { enum: ["cash", "operating", "investing", "financing"] }),
    active: boolean().notNull().default(true),
    openedOn: date("opened_on", { mode: "string" }),
    closedOn: date("closed_on", { mode: "string" }),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
    updatedAt: timestamp("updated_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "accounts_pkey", columns: [table.bookId, table.id] }),
    unique("accounts_path_key").on(table.bookId, table.path),
    unique("accounts_code_key").on(table.bookId, table.code),
    check("accounts_type_check", sql`${table.type} in ('asset', 'liability', 'equity', 'income', 'expense')`),
    check("accounts_cash_flow_check", sql`${table.cashFlow} in ('cash', 'operating', 'investing', 'financing')`),
    check("accounts_dates_check", sql`${table.openedOn} <= ${table.closedOn}`),
  ],
);
