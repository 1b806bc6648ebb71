import { customType } from "drizzle-orm/pg-core";

/** A transaction's id, which never wraps around; as text. */
export const xid8 = customType<{ data: string }>({ dataType: () => "xid8" });

/** What a transaction saw: the text of a `pg_snapshot`. */
export const pgSnapshot = customType<{ data: string }>({ dataType: () => "pg_snapshot" });

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
