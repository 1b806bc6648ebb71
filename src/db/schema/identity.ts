import { sql } from "drizzle-orm";
import { check, index, pgSchema, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";

/** Who may do what: read before a book is known, and therefore outside the books' row-level security. */
export const identity = pgSchema("identity");

const createdAt = () => timestamp("created_at", { withTimezone: true, mode: "date" }).notNull();

export const users = identity.table(
  "users",
  {
    id: uuid().primaryKey(),
    /** In lower case. */
    email: text().notNull(),
    name: text(),
    passwordHash: text("password_hash").notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique("users_email_key").on(table.email)],
);

export const books = identity.table("books", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  createdAt: createdAt(),
});

export const memberships = identity.table(
  "memberships",
  {
    bookId: uuid("book_id")
      .notNull()
      .references(() => books.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id),
    role: text({ enum: ["owner", "editor", "viewer"] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.bookId, table.userId] }),
    index("memberships_user_idx").on(table.userId),
    check("memberships_role_check", sql`${table.role} in ('owner', 'editor', 'viewer')`),
  ],
);

export const apiKeys = identity.table(
  "api_keys",
  {
    id: uuid().primaryKey(),
    bookId: uuid("book_id")
      .notNull()
      .references(() => books.id, { onDelete: "cascade" }),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** The first characters of the key, to tell keys apart. */
    prefix: text().notNull(),
    /** SHA-256 of the whole key, in hex: a key is random enough to need no slow hash. */
    keyHash: text("key_hash").notNull(),
    scopes: text({ enum: ["read", "write"] })
      .array()
      .notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true, mode: "date" }),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true, mode: "date" }),
    revokedAt: timestamp("revoked_at", { withTimezone: true, mode: "date" }),
    createdAt: createdAt(),
  },
  (table) => [unique("api_keys_key_hash_key").on(table.keyHash), index("api_keys_book_idx").on(table.bookId)],
);

export const refreshTokens = identity.table(
  "refresh_tokens",
  {
    id: uuid().primaryKey(),
    /** Every token that descends from one log-in. */
    familyId: uuid("family_id").notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true, mode: "date" }).notNull(),
    usedAt: timestamp("used_at", { withTimezone: true, mode: "date" }),
    revokedAt: timestamp("revoked_at", { withTimezone: true, mode: "date" }),
    createdAt: createdAt(),
  },
  (table) => [
    unique("refresh_tokens_token_hash_key").on(table.tokenHash),
    index("refresh_tokens_family_idx").on(table.familyId),
    index("refresh_tokens_expires_idx").on(table.expiresAt),
  ],
);
