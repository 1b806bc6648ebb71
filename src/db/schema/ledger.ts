import { pgSchema } from "drizzle-orm/pg-core";

/** What a book holds. Every table leads its primary key with `book_id` and stands behind row-level security. */
export const ledger = pgSchema("ledger");
