import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import {
  entityTagHeadersSchema,
  preconditionOf,
  requiredPreconditionOf,
  setEntityTag,
  writeToBook,
} from "../book-write/index.ts";
import { defineBookActRoute, defineBookChangeRoute, defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import { toAccountResponse } from "./responses.ts";
import {
  accountCloseSchema,
  accountCursorSchema,
  accountListQuerySchema,
  accountListSchema,
  accountParamsSchema,
  accountPatchSchema,
  accountRequestSchema,
  accountResponseSchema,
  bookParamsSchema,
} from "./schemas.ts";
import { changeAccount, closeAccount, createAccount, getAccount, listAccounts, removeAccount } from "./service.ts";

const tags = ["Accounts"];

const createRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/accounts",
  operationId: "createAccount",
  summary: "Add an account",
  description: "The tree follows from the paths; the accounts above it in the path need not exist.",
  tags,
  params: bookParamsSchema,
  body: accountRequestSchema,
  responses: { 201: { description: "The account", schema: accountResponseSchema, headers: entityTagHeadersSchema } },
  errors: ["ACCOUNT_PATH_TAKEN", "ACCOUNT_CODE_TAKEN", "COMMODITY_UNKNOWN"],
});

const listRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/accounts",
  operationId: "listAccounts",
  summary: "Accounts in the order of their tree",
  description: "An account comes right before those below it.",
  tags,
  params: bookParamsSchema,
  query: accountListQuerySchema,
  responses: { 200: { description: "A page of accounts", schema: accountListSchema } },
  errors: [],
});

const getRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/accounts/{account_id}",
  operationId: "getAccount",
  summary: "One account",
  tags,
  params: accountParamsSchema,
  responses: { 200: { description: "The account", schema: accountResponseSchema, headers: entityTagHeadersSchema } },
  errors: [],
});

const changeRoute = defineBookChangeRoute({
  method: "patch",
  path: "/books/{book_id}/accounts/{account_id}",
  operationId: "changeAccount",
  summary: "Change an account",
  description:
    "Fields that are absent stay; null clears. A new path takes the accounts below along: with `Assets:Bank`, " +
    "`Assets:Bank:Checking` moves too, all or none, and a path that exists already answers `ACCOUNT_PATH_TAKEN`. " +
    "Dates and commodities cannot be narrowed past the account's lines.",
  tags,
  params: accountParamsSchema,
  body: accountPatchSchema,
  responses: { 200: { description: "The account", schema: accountResponseSchema, headers: entityTagHeadersSchema } },
  errors: [
    "ACCOUNT_PATH_TAKEN",
    "ACCOUNT_CODE_TAKEN",
    "ACCOUNT_HAS_LINES",
    "ACCOUNT_DATES_INVALID",
    "COMMODITY_UNKNOWN",
  ],
});

const closeRoute = defineBookActRoute({
  method: "post",
  path: "/books/{book_id}/accounts/{account_id}/close",
  operationId: "closeAccount",
  summary: "Close an account",
  description: "Lines may be dated on that day and before, not after. There is no reopening.",
  tags,
  params: accountParamsSchema,
  body: accountCloseSchema,
  responses: { 200: { description: "The account", schema: accountResponseSchema, headers: entityTagHeadersSchema } },
  errors: ["ACCOUNT_CLOSED", "ACCOUNT_HAS_LINES", "ACCOUNT_DATES_INVALID"],
});

const deleteRoute = defineBookChangeRoute({
  method: "delete",
  path: "/books/{book_id}/accounts/{account_id}",
  operationId: "deleteAccount",
  summary: "Delete an account without lines",
  description: "The accounts below it stay.",
  tags,
  params: accountParamsSchema,
  responses: { 204: { description: "Deleted" } },
  errors: ["ACCOUNT_HAS_LINES"],
});

export function createAccountRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(createRoute, async (c) => {
    const { deps } = c.var;
    const {
      path,
      type,
      code = null,
      commodities = null,
      description = null,
      cash_flow: cashFlow = null,
      opened_on: openedOn = null,
    } = c.req.valid("json");
    const key = { bookId: c.req.valid("param").book_id, accountId: deps.ids.uuid() };
    const input = { ...key, path, type, code, commodities, description, cashFlow, openedOn, now: deps.clock.now() };
    const run = async (tx: Tx) => toAccountResponse(await createAccount(tx, input));
    const account = await writeToBook(c, { status: 201, run });
    setEntityTag(c, account);
    return c.json(account, 201);
  });

  router.openapi(listRoute, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid("query");
    const { book_id: bookId } = c.req.valid("param");
    const scope = { purpose: "accounts", filters };
    const [after] = cursor === undefined ? [null] : parseCursor(cursor, scope, accountCursorSchema);
    const filter = { ...filters, active: filters.active === undefined ? undefined : filters.active === "true" };
    const rows = await withTx(
      c.var.db,
      c.var.scope,
      (tx) => listAccounts(tx, bookId, filter, { limit: limit + 1, after }),
      { readOnly: true },
    );
    const page = toPage(rows, limit, (last) => cursorOf(scope, [last.path]));
    return c.json({ ...page, items: page.items.map(toAccountResponse) }, 200);
  });

  router.openapi(getRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const found = await withTx(c.var.db, c.var.scope, (tx) => getAccount(tx, { bookId, accountId }), {
      readOnly: true,
    });
    const account = toAccountResponse(found);
    setEntityTag(c, account);
    return c.json(account, 200);
  });

  router.openapi(changeRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const { opened_on: openedOn, cash_flow: cashFlow, ...patch } = c.req.valid("json");
    const precondition = requiredPreconditionOf(c, toAccountResponse);
    const changes = { ...patch, openedOn, cashFlow };
    const input = { bookId, accountId, precondition, patch: changes, now: c.var.deps.clock.now() };
    const run = async (tx: Tx) => toAccountResponse(await changeAccount(tx, input));
    const account = await writeToBook(c, { status: 200, run });
    setEntityTag(c, account);
    return c.json(account, 200);
  });

  router.openapi(closeRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const { closed_on: closedOn } = c.req.valid("json");
    const precondition = preconditionOf(c, toAccountResponse);
    const input = { bookId, accountId, precondition, closedOn, now: c.var.deps.clock.now() };
    const run = async (tx: Tx) => toAccountResponse(await closeAccount(tx, input));
    const account = await writeToBook(c, { status: 200, run });
    setEntityTag(c, account);
    return c.json(account, 200);
  });

  router.openapi(deleteRoute, async (c) => {
    const { book_id: bookId, account_id: accountId } = c.req.valid("param");
    const precondition = requiredPreconditionOf(c, toAccountResponse);
    await writeToBook(c, { status: 204, run: (tx) => removeAccount(tx, { bookId, accountId, precondition }) });
    return c.body(null, 204);
  });

  return router;
}
