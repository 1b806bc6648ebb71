import { index, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { ledger } from "./ledger.ts";

/** What a write to a book answered, by the key that its caller gave it; written in the transaction of the write. */
export const idempotencyKeys = ledger.table(
  "idempotency_keys",
  {
    bookId: uuid("book_id").notNull(),
    /** The user, or the API key that was used. */
    principalId: uuid("principal_id").notNull(),
    key: text().notNull(),
    /** Method and path. */
    route: text().notNull(),
    /** SHA-256 of the canonical JSON of the body, in hex. */
    bodyHash: text("body_hash").notNull(),
    /** Null only inside the transaction that is making the answer. */
    status: smallint(),
    /** The answer's JSON as it was sent; null where it had none. */
    body: text(),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "idempotency_keys_pkey", columns: [table.bookId, table.principalId, table.key] }),
    index("idempotency_keys_created_idx").on(table.bookId, table.createdAt),
  ],
);
