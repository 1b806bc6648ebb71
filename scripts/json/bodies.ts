import type { AccountRecord, EntryRecord, PriceRecord } from "./record-schemas.ts";

/** Fields of an account that the API answers and does not take, or not when it is made. */
const accountsOwn: ReadonlySet<string> = new Set(["id", "active", "closed_on", "created_at", "updated_at"]);

export function toAccountBody(account: AccountRecord): object {
  return withoutNulls(Object.fromEntries(Object.entries(account).filter(([name]) => !accountsOwn.has(name))));
}

export function toPriceBody(price: PriceRecord): object {
  return withoutNulls(price);
}

export function toEntryBody({ id: _i, status, voids: _v, void_reason: _r, ...entry }: EntryRecord): object {
  const lines = entry.lines.map(({ price, ...line }) =>
    withoutNulls({ ...line, price: price === null ? null : withoutNulls(price) }),
  );
  return withoutNulls({ ...entry, status: status === "draft" ? status : null, lines });
}

/** What is null in an answer is absent from a request. */
function withoutNulls(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
