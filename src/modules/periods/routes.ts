import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { ownersOnly } from "../access/index.ts";
import { entityTagHeadersSchema, preconditionOf, recordingOf, setEntityTag, writeToBook } from "../book-write/index.ts";
import { defineBookActRoute, defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import { postingErrors } from "../journal/index.ts";
import { toPeriodCloseResponse } from "./responses.ts";
import {
  bookParamsSchema,
  closeCursorSchema,
  closeListQuerySchema,
  closeParamsSchema,
  periodCloseListSchema,
  periodCloseRequestSchema,
  periodCloseSchema,
  reopenRequestSchema,
} from "./schemas.ts";
import { type AccountName, closePeriod, getClose, listCloses, reopenPeriod } from "./service.ts";

const tags = ["Periods"];
const closeResponse = (description: string) => ({
  description,
  schema: periodCloseSchema,
  headers: entityTagHeadersSchema,
});

const closeRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/period-closes",
  operationId: "closePeriod",
  summary: "Close the book up to a day",
  description:
    "Nothing more is posted on that day or before it. With `retained_earnings` entries are posted first that bring " +
    "every income and expense account to zero on that day, commodity by commodity. What is being posted meanwhile " +
    "is either known at the close or refused.",
  tags,
  params: bookParamsSchema,
  body: periodCloseRequestSchema,
  responses: { 201: closeResponse("The close") },
  errors: ["PERIOD_CLOSED", "RETAINED_EARNINGS_INVALID", ...postingErrors],
});

const listClosesRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/period-closes",
  operationId: "listPeriodCloses",
  summary: "Closes of the book, newest first",
  tags,
  params: bookParamsSchema,
  query: closeListQuerySchema,
  responses: { 200: { description: "A page of closes", schema: periodCloseListSchema } },
  errors: [],
});

const getCloseRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/period-closes/{close_id}",
  operationId: "getPeriodClose",
  summary: "One close",
  tags,
  params: closeParamsSchema,
  responses: { 200: closeResponse("The close") },
  errors: [],
});

const reopenRoute = defineBookActRoute(
  {
    method: "post",
    path: "/books/{book_id}/period-closes/{close_id}/reopen",
    operationId: "reopenPeriod",
    summary: "Reopen the latest close that stands",
    description:
      "For owners. The book is then locked as the close before left it. Closing entries stay: they may be voided, and " +
      "closing anew posts only what has changed.",
    tags,
    params: closeParamsSchema,
    body: reopenRequestSchema,
    responses: { 200: closeResponse("The close, reopened") },
    errors: ["PERIOD_REOPENED", "PERIOD_NOT_LATEST"],
  },
  ownersOnly,
);

export function createPeriodRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(closeRoute, async (c) => {
    const { closed_through: closedThrough, retained_earnings: account, memo } = c.req.valid("json");
    const { ids } = c.var.deps;
    const closing = account === undefined ? null : { retainedEarnings: toAccountName(account), memo, newId: ids.uuid };
    const close = { id: ids.uuid(), closedThrough, closing };
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toPeriodCloseResponse(await closePeriod(tx, recording, close));
    const body = await writeToBook(c, { status: 201, run });
    setEntityTag(c, body);
    return c.json(body, 201);
  });

  router.openapi(listClosesRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const bookId = c.req.valid("param").book_id;
    const list = { purpose: "period-closes", filters: { bookId } };
    const [before] = cursor === undefined ? [null] : parseCursor(cursor, list, closeCursorSchema);
    const closes = await withTx(c.var.db, c.var.scope, (tx) => listCloses(tx, bookId, { limit: limit + 1, before }), {
      readOnly: true,
    });
    const page = toPage(closes, limit, (last) => cursorOf(list, [last.id]));
    return c.json({ ...page, items: page.items.map(toPeriodCloseResponse) }, 200);
  });

  router.openapi(getCloseRoute, async (c) => {
    const { book_id: bookId, close_id: closeId } = c.req.valid("param");
    const close = await withTx(c.var.db, c.var.scope, (tx) => getClose(tx, { bookId, closeId }), { readOnly: true });
    const body = toPeriodCloseResponse(close);
    setEntityTag(c, body);
    return c.json(body, 200);
  });

  router.openapi(reopenRoute, async (c) => {
    const precondition = preconditionOf(c, toPeriodCloseResponse);
    const reopening = { ...c.req.valid("json"), closeId: c.req.valid("param").close_id, precondition };
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toPeriodCloseResponse(await reopenPeriod(tx, recording, reopening));
    const body = await writeToBook(c, { status: 200, run });
    setEntityTag(c, body);
    return c.json(body, 200);
  });

  return router;
}

/** The schema has checked that it is one of the two. */
function toAccountName(account: { account_id?: string | undefined; account_path?: string | undefined }): AccountName {
  return account.account_id === undefined ? { path: account.account_path ?? "" } : { id: account.account_id };
}
