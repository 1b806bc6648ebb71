import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { accounts } from "../../db/schema/index.ts";
import type { AccountType } from "../../domain/account.ts";
import type { Tx } from "../../foundation/db/index.ts";

export type AccountRow = typeof accounts.$inferSelect;

export interface AccountKey {
  readonly bookId: string;
  readonly accountId: string;
}

/** What can be changed of one account by itself. */
export type AccountChanges = Partial<
  Pick<AccountRow, "code" | "commodities" | "description" | "cashFlow" | "active" | "openedOn" | "closedOn">
>;

const isAccount = (key: AccountKey) => and(eq(accounts.bookId, key.bookId), eq(accounts.id, key.accountId));

export async function insertAccount(tx: Tx, account: AccountRow): Promise<void> {
  await tx.orm.insert(accounts).values(account);
}

export async function findAccount(tx: Tx, key: AccountKey): Promise<AccountRow | null> {
  const [row] = await tx.orm.select().from(accounts).where(isAccount(key));
  return row ?? null;
}

/** Reads an account and keeps everyone else from posting to it, changing or deleting it until the transaction ends. */
export async function lockAccount(tx: Tx, key: AccountKey): Promise<AccountRow | null> {
  const [row] = await tx.orm.select().from(accounts).where(isAccount(key)).for("update");
  return row ?? null;
}

/**
 * {@link lockAccount} with the accounts below it: posting locks in the order of ids, and so does this, or else they
 * would deadlock.
 */
export async function lockAccountTree(tx: Tx, key: AccountKey): Promise<AccountRow | null> {
  const root = sql`(select r.path from ledger.accounts r where r.book_id = ${key.bookId} and r.id = ${key.accountId})`;
  const rows = await tx.orm
    .select()
    .from(accounts)
    .where(and(eq(accounts.bookId, key.bookId), or(eq(accounts.id, key.accountId), isBelow(root))))
    .orderBy(accounts.id)
    .for("update");
  return rows.find((row) => row.id === key.accountId.toLowerCase()) ?? null;
}

export interface AccountFilter {
  readonly type?: AccountType | undefined;
  readonly active?: boolean | undefined;
  /** The account of this path and those below it. */
  readonly under?: string | undefined;
  readonly code?: string | undefined;
  readonly path?: string | undefined;
}

/** Sorts an account right before those below it, whatever the database's collation: no name has a character so low. */
const treeOrderOf = (path: unknown) => sql`replace(${path}, ':', e'\\x01') collate "C"`;

/** At most `limit` accounts after the path `after`, in the order of the tree. */
export function listAccounts(
  tx: Tx,
  bookId: string,
  filter: AccountFilter,
  page: { readonly limit: number; readonly after: string | null },
): Promise<AccountRow[]> {
  const { type, active, code, path } = accounts;
  return tx.orm
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.bookId, bookId),
        filter.type === undefined ? undefined : eq(type, filter.type),
        filter.active === undefined ? undefined : eq(active, filter.active),
        filter.under === undefined ? undefined : or(eq(path, filter.under), isBelow(sql`${filter.under}::text`)),
        filter.code === undefined ? undefined : eq(code, filter.code),
        filter.path === undefined ? undefined : eq(path, filter.path),
        page.after === null ? undefined : sql`${treeOrderOf(path)} > ${treeOrderOf(sql`${page.after}::text`)}`,
      ),
    )
    .orderBy(treeOrderOf(path))
    .limit(page.limit);
}

export async function updateAccount(
  tx: Tx,
  key: AccountKey,
  changes: AccountChanges & { readonly updatedAt: Date },
): Promise<void> {
  await tx.orm.update(accounts).set(changes).where(isAccount(key));
}

/** Moves the account of a path, and those below it, to another path. Returns the new paths. */
export async function renameAccountTree(
  tx: Tx,
  move: { readonly bookId: string; readonly from: string; readonly to: string; readonly updatedAt: Date },
): Promise<string[]> {
  const rows = await tx.sql<{ path: string }>`
    update ledger.accounts set path = ${move.to}::text || substr(path, char_length(${move.from}::text) + 1), updated_at = ${move.updatedAt}
    where book_id = ${move.bookId} and (path = ${move.from} or starts_with(path, ${move.from}::text || ':'))
    returning path`;
  return rows.map((row) => row.path);
}

export async function deleteAccount(tx: Tx, key: AccountKey): Promise<void> {
  await tx.orm.delete(accounts).where(isAccount(key));
}

/** Lines of an account that a change would leave out, and the days of the first and the last of them. */
export interface ExcludedLines {
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** The lines before a day, after a day, or in none of the commodities; null when there are none. */
export async function findExcludedLines(
  tx: Tx,
  { bookId, accountId }: AccountKey,
  permitted: { readonly from?: string; readonly to?: string; readonly commodities?: readonly string[] },
): Promise<ExcludedLines | null> {
  const { from = null, to = null, commodities = null } = permitted;
  const [found] = await tx.sql<{ count: number; first: string | null; last: string | null }>`
    select count(*)::int as count, min(date) as first, max(date) as last
    from ledger.lines
    where book_id = ${bookId} and account_id = ${accountId}
      and (date < ${from}::date or date > ${to}::date or commodity <> all (${commodities}::text[]))`;
  if (found === undefined || found.first === null || found.last === null) return null;
  return { count: found.count, first: found.first, last: found.last };
}

function isBelow(path: SQL): SQL {
  return sql`starts_with(${accounts.path}, ${path} || ':')`;
}
