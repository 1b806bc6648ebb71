import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { pageQuery } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { ownersOnly, peopleOnly, readingKeys } from "../access/index.ts";
import { noBookSchema, writeToBook } from "../book-write/index.ts";
import { defineBookRoute, defineBookWriteRoute, defineUserRoute } from "../define-route.ts";
import { registerApiKeyRoutes } from "./api-key-routes.ts";
import { registerInvitationRoutes } from "./invitation-routes.ts";
import { registerMemberRoutes } from "./member-routes.ts";
import { readPage, toBookResponse, toIdPage } from "./responses.ts";
import { bookListSchema, bookParamsSchema, bookRequestSchema, bookSchema } from "./schemas.ts";
import { createBook, getBook, listBooks, renameBook } from "./service.ts";

const tags = ["Books"];

const listBooksRoute = defineUserRoute(
  {
    method: "get",
    path: "/books",
    operationId: "listBooks",
    summary: "The books that you are a member of, oldest first",
    tags,
    query: pageQuery,
    responses: { 200: { description: "A page of books", schema: bookListSchema } },
    errors: [],
  },
  readingKeys,
);

const createBookRoute = defineUserRoute(
  {
    method: "post",
    path: "/books",
    operationId: "createBook",
    summary: "Open a book that you own",
    tags,
    headers: noBookSchema,
    body: bookRequestSchema,
    responses: { 201: { description: "The book", schema: bookSchema } },
    errors: [],
  },
  peopleOnly,
);

const getBookRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}",
  operationId: "getBook",
  summary: "One book",
  tags,
  params: bookParamsSchema,
  responses: { 200: { description: "The book", schema: bookSchema } },
  errors: [],
});

const renameBookRoute = defineBookWriteRoute(
  {
    method: "patch",
    path: "/books/{book_id}",
    operationId: "renameBook",
    summary: "Rename a book",
    description: "For owners.",
    tags,
    params: bookParamsSchema,
    body: bookRequestSchema,
    responses: { 200: { description: "The book", schema: bookSchema } },
    errors: [],
  },
  ownersOnly,
);

/**
 * `/books`, `/books/{book_id}`, a book's `members`, `invitations` and `api-keys`, and `/invitations/accept`. Mount
 * `authenticate()` on `/books/*` and `/invitations/*` before them.
 */
export function createBookRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(listBooksRoute, async (c) => {
    const { db, principal, scope } = c.var;
    const { limit, cursor } = c.req.valid("query");
    const list = { purpose: "books", filters: { userId: principal.userId } };
    const page = readPage(list, { limit, cursor });
    const filter = { userId: principal.userId, onlyBookId: principal.apiKey?.bookId ?? null };
    const books = await withTx(db, scope, (tx) => listBooks(tx, filter, page), { readOnly: true });
    return c.json(
      toIdPage(books, { limit, list }, (book) => book.id, toBookResponse),
      200,
    );
  });

  router.openapi(createBookRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const { name } = c.req.valid("json");
    const book = { id: deps.ids.uuid(), name, ownerId: principal.userId, now: deps.clock.now() };
    const created = await withTx(db, scope, (tx) => createBook(tx, book));
    return c.json(toBookResponse(created), 201);
  });

  router.openapi(getBookRoute, async (c) => {
    const { db, principal, scope } = c.var;
    const key = { bookId: c.req.valid("param").book_id, userId: principal.userId };
    const book = await withTx(db, scope, (tx) => getBook(tx, key), { readOnly: true });
    return c.json(toBookResponse(book), 200);
  });

  router.openapi(renameBookRoute, async (c) => {
    const key = { bookId: c.req.valid("param").book_id, userId: c.var.principal.userId };
    const { name } = c.req.valid("json");
    const run = async (tx: Tx) => toBookResponse(await renameBook(tx, { ...key, name }));
    return c.json(await writeToBook(c, { status: 200, run }), 200);
  });

  registerInvitationRoutes(router);
  registerMemberRoutes(router);
  registerApiKeyRoutes(router);
  return router;
}
