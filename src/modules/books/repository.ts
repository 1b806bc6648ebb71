import type { Tx } from "../../foundation/db/index.ts";
import type { Role } from "../access/index.ts";

/** A book as one of its members sees it. */
export interface BookRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: Date;
}

export interface BookPage {
  readonly limit: number;
  /** The id that the page comes after. */
  readonly after: string | null;
}

/** The books of one user, oldest first; `onlyBookId` leaves at most that one. */
export function selectBooks(
  tx: Tx,
  filter: { readonly userId: string; readonly onlyBookId: string | null },
  page: BookPage,
): Promise<BookRow[]> {
  return tx.sql<BookRow>`
    select b.id, b.name, m.role, b.created_at
    from identity.memberships m
    join identity.books b on b.id = m.book_id
    where m.user_id = ${filter.userId}
      and b.id = coalesce(${filter.onlyBookId}::uuid, b.id)
      and b.id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000')
    order by b.id
    limit ${page.limit}`;
}

export interface NewBook {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly now: Date;
}

/** The book and its owner's membership. */
export async function insertBook(tx: Tx, { id, name, ownerId, now }: NewBook): Promise<void> {
  await tx.sql`
    with book as (
      insert into identity.books (id, name, created_at) values (${id}, ${name}, ${now}) returning id, created_at
    )
    insert into identity.memberships (book_id, user_id, role, created_at)
    select id, ${ownerId}::uuid, 'owner', created_at from book`;
}

export async function updateBookName(tx: Tx, { bookId, name }: { readonly bookId: string; readonly name: string }) {
  await tx.sql`update identity.books set name = ${name} where id = ${bookId}`;
}

/** Makes transactions that change who owns the book wait for one another. */
export async function lockBook(tx: Tx, bookId: string): Promise<void> {
  await tx.sql`select from identity.books where id = ${bookId} for no key update`;
}
