import { sql } from "drizzle-orm";
import { check, index, integer, pgSchema, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";

/** Who may do what: read before a book is known, and therefore outside the books' row-level security. */
export const identity = pgSchema("identity");

const time = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const createdAt = () => time("created_at").notNull();

export const users = identity.table(
  "users",
  {
    id: uuid().primaryKey(),
    /** In lower case. */
    email: text().notNull(),
    name: text(),
    passwordHash: text("password_hash").notNull(),
    /** How many passwords there were before: a log-in that was checked against another one begins no session. */
    passwordVersion: integer("password_version").notNull().default(0),
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
    expiresAt: time("expires_at"),
    lastUsedAt: time("last_used_at"),
    revokedAt: time("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("api_keys_key_hash_key").on(table.keyHash),
    index("api_keys_book_idx").on(table.bookId),
    index("api_keys_user_idx").on(table.userId),
  ],
);

/** A log-in, and what became of it. */
export const sessions = identity.table(
  "sessions",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** What the client that logged in said of itself, clipped. */
    userAgent: text("user_agent"),
    /** The log-in, or the latest refresh. */
    lastUsedAt: time("last_used_at").notNull(),
    /** As its newest refresh token does. */
    expiresAt: time("expires_at").notNull(),
    /** When it was ended, with every token of it. */
    revokedAt: time("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [index("sessions_user_idx").on(table.userId)],
);

/** Where a user logged in from: what keeps guesses from elsewhere from locking the user out there. */
export const knownNetworks = identity.table(
  "known_networks",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** An IPv4 address, or the /64 of an IPv6 address. */
    network: text().notNull(),
    lastLogInAt: time("last_log_in_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.network] })],
);

export const refreshTokens = identity.table(
  "refresh_tokens",
  {
    id: uuid().primaryKey(),
    sessionId: uuid("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").notNull(),
    expiresAt: time("expires_at").notNull(),
    usedAt: time("used_at"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("refresh_tokens_token_hash_key").on(table.tokenHash),
    index("refresh_tokens_session_idx").on(table.sessionId),
  ],
);

/** What makes somebody a member who was not asked yet: whoever has its token and the address. */
export const invitations = identity.table(
  "invitations",
  {
    id: uuid().primaryKey(),
    bookId: uuid("book_id")
      .notNull()
      .references(() => books.id, { onDelete: "cascade" }),
    /** In lower case. */
    email: text().notNull(),
    role: text({ enum: ["owner", "editor", "viewer"] }).notNull(),
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").notNull(),
    invitedBy: uuid("invited_by")
      .notNull()
      .references(() => users.id),
    expiresAt: time("expires_at").notNull(),
    acceptedAt: time("accepted_at"),
    revokedAt: time("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("invitations_token_hash_key").on(table.tokenHash),
    index("invitations_book_idx").on(table.bookId),
    check("invitations_role_check", sql`${table.role} in ('owner', 'editor', 'viewer')`),
    check("invitations_end_check", sql`${table.acceptedAt} is null or ${table.revokedAt} is null`),
  ],
);
