import { AppError } from "../../errors.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { type BookPage, type BookRow, insertBook, type NewBook, selectBooks, updateBookName } from "./repository.ts";

export type { BookRow } from "./repository.ts";

/** A new book whose one member is its owner. */
export async function createBook(tx: Tx, book: NewBook): Promise<BookRow> {
  await insertBook(tx, book);
  return { id: book.id, name: book.name, role: "owner", created_at: book.now };
}

/** The books that a user is a member of, oldest first; with `onlyBookId` (an API key's) at most that one. */
export function listBooks(
  tx: Tx,
  filter: { readonly userId: string; readonly onlyBookId: string | null },
  page: BookPage,
): Promise<BookRow[]> {
  return selectBooks(tx, filter, page);
}

/** @throws NOT_FOUND when there is no such book, or the user is no member of it. */
export async function getBook(
  tx: Tx,
  { bookId, userId }: { readonly bookId: string; readonly userId: string },
): Promise<BookRow> {
  const [book] = await selectBooks(tx, { userId, onlyBookId: bookId }, { limit: 1, after: null });
  if (book === undefined) throw new AppError("NOT_FOUND");
  return book;
}

/** @throws NOT_FOUND as {@link getBook}. */
export async function renameBook(
  tx: Tx,
  { bookId, userId, name }: { readonly bookId: string; readonly userId: string; readonly name: string },
): Promise<BookRow> {
  await updateBookName(tx, { bookId, name });
  return getBook(tx, { bookId, userId });
}
