import { sql } from "drizzle-orm";
import {
  check,
  date,
  integer,
  numeric,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { xid8 } from "./column-types.ts";
import { ledger } from "./ledger.ts";

/** A book's own commodities; the currencies of ISO 4217 are built in and have no row. */
export const commodities = ledger.table(
  "commodities",
  {
    bookId: uuid("book_id").notNull(),
    code: text().notNull(),
    name: text(),
    /** Decimal places that amounts may have, 0 to 18. */
    places: smallint().notNull(),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "commodities_pkey", columns: [table.bookId, table.code] }),
    check("commodities_places_check", sql`${table.places} between 0 and 18`),
  ],
);

/** What one unit of a commodity cost in another on one day. */
export const prices = ledger.table(
  "prices",
  {
    bookId: uuid("book_id").notNull(),
    id: uuid().notNull(),
    commodity: text().notNull(),
    quote: text().notNull(),
    date: date({ mode: "string" }).notNull(),
    price: numeric().notNull(),
    /** Where the price came from, as told by whoever recorded it. */
    source: text(),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "date" }).notNull(),
  },
  (table) => [
    primaryKey({ name: "prices_pkey", columns: [table.bookId, table.id] }),
    unique("prices_fact_key").on(table.bookId, table.commodity, table.quote, table.date),
    check("prices_price_check", sql`${table.price} > 0`),
    check("prices_pair_check", sql`${table.commodity} <> ${table.quote}`),
  ],
);

/** Every price that a fact has had: a row for each recording, correction (a later row) and deletion (no price). */
export const priceVersions = ledger.table(
  "price_versions",
  {
    bookId: uuid("book_id").notNull(),
    commodity: text().notNull(),
    quote: text().notNull(),
    date: date({ mode: "string" }).notNull(),
    /** From 1, in the order in which they were committed: whoever writes one holds the fact's own row in `prices`. */
    version: integer().notNull(),
    recordedXid: xid8("recorded_xid").notNull(),
    recordedAt: timestamp("recorded_at", { withTimezone: true, mode: "date" }).notNull(),
    /** Null: deleted. */
    price: numeric(),
    source: text(),
  },
  (table) => [
    primaryKey({
      name: "price_versions_pkey",
      columns: [table.bookId, table.commodity, table.quote, table.date, table.version],
    }),
  ],
);
