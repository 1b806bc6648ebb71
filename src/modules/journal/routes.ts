import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { cursorOf, parseCursor, toPage } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { writeToBook } from "../book-write/index.ts";
import { defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import { toEntryResponse } from "./responses.ts";
import {
  bookParamsSchema,
  bulkEntriesRequestSchema,
  entryCursorSchema,
  entryListQuerySchema,
  entryListSchema,
  entryParamsSchema,
  entryRequestSchema,
  entrySchema,
} from "./schemas.ts";
import { type EntryKey, getEntry, listEntries, postEntries, postEntry } from "./service.ts";

const tags = ["Journal"];

const postingErrors = [
  "ENTRY_UNBALANCED",
  "AMOUNT_TOO_PRECISE",
  "ROUNDING_LINE_INVALID",
  "ACCOUNT_UNKNOWN",
  "ACCOUNT_INACTIVE",
  "ACCOUNT_NOT_OPEN",
  "COMMODITY_UNKNOWN",
  "COMMODITY_NOT_PERMITTED",
] as const;

const postEntryRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries",
  operationId: "postJournalEntry",
  summary: "Post a journal entry",
  description: "Per weight commodity the debits equal the credits exactly. A priced line weighs amount × unit price.",
  tags,
  params: bookParamsSchema,
  body: entryRequestSchema,
  responses: { 201: { description: "The posted entry", schema: entrySchema } },
  errors: postingErrors,
});

const postEntriesRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries/bulk",
  operationId: "postJournalEntries",
  summary: "Post up to 1,000 journal entries, all or none",
  description:
    "One transaction. Where an entry has a fault nothing is written and `errors[]` lists every fault by index.",
  tags,
  params: bookParamsSchema,
  body: bulkEntriesRequestSchema,
  responses: { 201: { description: "The posted entries, in the order of the request", schema: entryListSchema } },
  errors: postingErrors,
});

const getEntryRoute = defineBookRoute({
  method: "get",
  path: "/books/{book_id}/journal-entries/{entry_id}",
  operationId: "getJournalEntry",
  summary: "One journal entry",
  tags,
  params: entryParamsSchema,
  responses: { 200: { description: "The entry", schema: entrySchema } },
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

  router.openapi(postEntryRoute, async (c) => {
    const { deps, principal } = c.var;
    const entry = { ...c.req.valid("json"), id: deps.ids.uuid() };
    const posting = { bookId: c.req.valid("param").book_id, userId: principal.userId, recordedAt: deps.clock.now() };
    const run = async (tx: Tx) => toEntryResponse(await postEntry(tx, { ...posting, entry }));
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  router.openapi(postEntriesRoute, async (c) => {
    const { deps, principal } = c.var;
    const entries = c.req.valid("json").entries.map((entry) => ({ ...entry, id: deps.ids.uuid() }));
    const posting = { bookId: c.req.valid("param").book_id, userId: principal.userId, recordedAt: deps.clock.now() };
    const run = async (tx: Tx) => {
      const posted = await postEntries(tx, { ...posting, entries });
      return { items: posted.map(toEntryResponse), next_cursor: null };
    };
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  router.openapi(getEntryRoute, async (c) => {
    const { book_id: bookId, entry_id: entryId } = c.req.valid("param");
    const entry = await withTx(c.var.db, c.var.scope, (tx) => getEntry(tx, { bookId, entryId }), { readOnly: true });
    return c.json(toEntryResponse(entry), 200);
  });

  router.openapi(listEntriesRoute, async (c) => {
    const { limit, cursor, ...query } = c.req.valid("query");
    const { book_id: bookId } = c.req.valid("param");
    const cursorScope = { purpose: "journal-entries", filters: query };
    const before = cursor === undefined ? null : toEntryKey(parseCursor(cursor, cursorScope, entryCursorSchema));
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

function toEntryKey([date, id]: [string, string]): EntryKey {
  return { date, id };
}
