import type { BookEnv } from "../../deps.ts";
import { withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { entityTagHeadersSchema, setEntityTag } from "../book-write/index.ts";
import { defineBookRoute } from "../define-route.ts";
import { createEntryLifeRoutes } from "./life-routes.ts";
import { createPostingRoutes } from "./posting-routes.ts";
import { toEntryResponse } from "./responses.ts";
import {
  bookParamsSchema,
  entryCursorSchema,
  entryListQuerySchema,
  entryListSchema,
  entryParamsSchema,
  entrySchema,
} from "./schemas.ts";
import { type EntryPlace, getEntry, listEntries } from "./service.ts";

const tags = ["Journal"];

const getEntryRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/journal-entries/{entry_id}",
  operationId: "getJournalEntry",
  summary: "One journal entry",
  tags,
  params: entryParamsSchema,
  responses: { 200: { description: "The entry", schema: entrySchema, headers: entityTagHeadersSchema } },
  errors: [],
});

const listEntriesRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/journal-entries",
  operationId: "listJournalEntries",
  summary: "Journal entries, newest first",
  tags,
  params: bookParamsSchema,
  query: entryListQuerySchema,
  responses: { 200: { description: "A page of entries", schema: entryListSchema } },
  errors: [],
});

export function createJournalRoutes() {
  const router = createRouter<BookEnv>();
  router.use("/books/:book_id/journal-entries/*", async (c, next) => {
    await next();
    const { errorId, deps } = c.var;
    if (c.req.method !== "GET" && errorId !== undefined) deps.metrics.ledger.writeRejected(errorId);
  });
  router.route("/", createPostingRoutes());
  router.route("/", createEntryLifeRoutes());

  router.openapi(getEntryRoute, async (c) => {
    const { book_id: bookId, entry_id: entryId } = c.req.valid("param");
    const entry = await withTx(c.var.db, c.var.scope, (tx) => getEntry(tx, { bookId, entryId }), { readOnly: true });
    const body = toEntryResponse(entry);
    setEntityTag(c, body);
    return c.json(body, 200);
  });

  router.openapi(listEntriesRoute, async (c) => {
    const { limit, cursor, ...query } = c.req.valid("query");
    const { book_id: bookId } = c.req.valid("param");
    const cursorScope = { purpose: "journal-entries", filters: query };
    const before = cursor === undefined ? null : toEntryPlace(parseCursor(cursor, cursorScope, entryCursorSchema));
    const filter = {
      from: query.from,
      to: query.to,
      status: query.status,
      text: query.q,
      tag: query.tag,
      line: {
        accountId: query.account_id,
        commodity: query.commodity,
        amountMin: query.amount_min,
        amountMax: query.amount_max,
      },
    };
    const entries = await withTx(
      c.var.db,
      c.var.scope,
      (tx) => listEntries(tx, bookId, filter, { limit: limit + 1, before }),
      { readOnly: true },
    );
    const page = toPage(entries, limit, (last) => cursorOf(cursorScope, [last.date, last.id]));
    return c.json({ ...page, items: page.items.map(toEntryResponse) }, 200);
  });

  return router;
}

function toEntryPlace([date, id]: [string, string]): EntryPlace {
  return { date, id };
}
