import { sql } from "drizzle-orm";
import { check, date, index, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { pgSnapshot } from "./column-types.ts";
import { ledger } from "./ledger.ts";

/** A closing of the books up to a day, and its reopening. The latest day of those that stand is the book's lock. */
export const periodCloses = ledger.table(
  "period_closes",
  {
    bookId: uuid("book_id").notNull(),
    id: uuid().notNull(),
    /** The last day that is closed. */
    closedThrough: date("closed_through", { mode: "string" }).notNull(),
    closedBy: uuid("closed_by").notNull(),
    closedKeyId: uuid("closed_key_id"),
    closedAt: timestamp("closed_at", { withTimezone: true, mode: "date" }).notNull(),
    closeRequestId: text("close_request_id").notNull(),
    closeTraceId: text("close_trace_id").notNull(),
    /** What was known when the period was closed, its own closing entries included. */
    knowledge: pgSnapshot().notNull(),
    closingEntryIds: uuid("closing_entry_ids").array().notNull(),
    reopenedBy: uuid("reopened_by"),
    reopenedAt: timestamp("reopened_at", { withTimezone: true, mode: "date" }),
    reopenRequestId: text("reopen_request_id"),
    reopenTraceId: text("reopen_trace_id"),
    /** What was known when the period was reopened. */
    reopenKnowledge: pgSnapshot("reopen_knowledge"),
    reopenReason: text("reopen_reason"),
  },
  (table) => [
    primaryKey({ name: "period_closes_pkey", columns: [table.bookId, table.id] }),
    index("period_closes_standing_idx").on(table.bookId, table.closedThrough).where(sql`reopened_at is null`),
    check(
      "period_closes_reopen_check",
      sql`num_nulls(${table.reopenedBy}, ${table.reopenedAt}, ${table.reopenRequestId}, ${table.reopenTraceId}, ${table.reopenKnowledge}, ${table.reopenReason}) in (0, 6)`,
    ),
  ],
);
