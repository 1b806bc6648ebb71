import type { BookEnv } from "../../deps.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import {
  createGroupedWrites,
  entityTagHeadersSchema,
  type Recording,
  recordingOf,
  setEntityTag,
  writeToBook,
} from "../book-write/index.ts";
import { defineBookWriteRoute } from "../define-route.ts";
import { saveDraft } from "./draft-service.ts";
import { postingErrors } from "./posting-errors.ts";
import { toRecordedEntryResponse } from "./responses.ts";
import {
  bookParamsSchema,
  bulkEntriesRequestSchema,
  entryRequestSchema,
  recordedEntryListSchema,
  recordedEntrySchema,
} from "./schemas.ts";
import { type ProposedEntry, postApart, postEntries, postEntry } from "./service.ts";

const tags = ["Journal"];

/** As many lines are posted together at the most: a fraction of what one bulk request may have. */
const groupedLinesMax = 1_000;

/** Entries that are posted to a book at the same time share a transaction. */
const groupPosting = createGroupedWrites({
  apply: async (tx, postings: readonly { readonly recording: Recording; readonly entry: ProposedEntry }[]) => {
    const posted = await postApart(tx, postings);
    return posted.map((entry) => (entry === null ? null : toRecordedEntryResponse(entry)));
  },
  workOf: ({ entry }) => entry.lines.length,
  workMax: groupedLinesMax,
});

const postEntryRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries",
  operationId: "postJournalEntry",
  summary: "Post a journal entry, or save a draft",
  description:
    "Per weight commodity the debits equal the credits exactly. A priced line weighs amount × unit price. " +
    "With `status: draft` the entry is only kept: it counts nowhere until it is posted.",
  tags,
  params: bookParamsSchema,
  body: entryRequestSchema,
  responses: {
    201: {
      description: "The entry, and the balances it left",
      schema: recordedEntrySchema,
      headers: entityTagHeadersSchema,
    },
  },
  errors: postingErrors,
});

const postEntriesRoute = defineBookWriteRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries/bulk",
  operationId: "postJournalEntries",
  cost: 5,
  summary: "Post up to 1,000 journal entries, all or none",
  description:
    "One transaction. Where an entry has a fault nothing is written and `errors[]` lists every fault by index.",
  tags,
  params: bookParamsSchema,
  body: bulkEntriesRequestSchema,
  responses: {
    201: {
      description: "The posted entries, in the order of the request, each with the balances that it left",
      schema: recordedEntryListSchema,
    },
  },
  errors: postingErrors,
});

export function createPostingRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(postEntryRoute, async (c) => {
    const { status, ...request } = c.req.valid("json");
    const entry = { ...request, id: c.var.deps.ids.uuid() };
    const save = status === "draft" ? saveDraft : postEntry;
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toRecordedEntryResponse(await save(tx, recording, entry));
    const group = status === "draft" ? undefined : groupPosting({ recording, entry });
    const { balances, ...recorded } = await writeToBook(c, { status: 201, run, group });
    setEntityTag(c, recorded);
    return c.json({ ...recorded, balances }, 201);
  });

  router.openapi(postEntriesRoute, async (c) => {
    const entries = c.req.valid("json").entries.map((entry) => ({ ...entry, id: c.var.deps.ids.uuid() }));
    const recording = recordingOf(c);
    const run = async (tx: Tx) => {
      const posted = await postEntries(tx, recording, entries);
      return { items: posted.map(toRecordedEntryResponse), next_cursor: null };
    };
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  return router;
}
