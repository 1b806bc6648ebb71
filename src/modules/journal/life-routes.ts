import type { BookEnv } from "../../deps.ts";
import type { Tx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import {
  entityTagHeadersSchema,
  preconditionOf,
  recordingOf,
  requiredPreconditionOf,
  setEntityTag,
  writeToBook,
} from "../book-write/index.ts";
import { defineBookActRoute, defineBookChangeRoute } from "../define-route.ts";
import { changeDraft, postDraft, removeDraft } from "./draft-service.ts";
import { postingErrors } from "./posting-errors.ts";
import { toEntryResponse, toRecordedEntryResponse } from "./responses.ts";
import { draftPatchSchema, entryParamsSchema, recordedEntrySchema, voidRequestSchema } from "./schemas.ts";
import { voidEntry } from "./void-service.ts";

const tags = ["Journal"];

const changeDraftRoute = defineBookChangeRoute({
  method: "patch",
  path: "/books/{book_id}/journal-entries/{entry_id}",
  operationId: "changeDraft",
  summary: "Change a draft",
  description: "Absent fields stay, null clears, lines are replaced as a whole. What is posted never changes.",
  tags,
  params: entryParamsSchema,
  body: draftPatchSchema,
  responses: { 200: { description: "The draft", schema: recordedEntrySchema, headers: entityTagHeadersSchema } },
  errors: ["ENTRY_NOT_DRAFT", "ACCOUNT_UNKNOWN"],
});

const deleteDraftRoute = defineBookChangeRoute({
  method: "delete",
  path: "/books/{book_id}/journal-entries/{entry_id}",
  operationId: "deleteDraft",
  summary: "Delete a draft",
  tags,
  params: entryParamsSchema,
  responses: { 204: { description: "Deleted" } },
  errors: ["ENTRY_NOT_DRAFT"],
});

const postDraftRoute = defineBookActRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries/{entry_id}/post",
  operationId: "postDraft",
  summary: "Post a draft",
  description: "Held against the same rules as an entry that is posted at once. From here on it never changes.",
  tags,
  params: entryParamsSchema,
  responses: {
    200: {
      description: "The posted entry, and the balances it left",
      schema: recordedEntrySchema,
      headers: entityTagHeadersSchema,
    },
  },
  errors: ["ENTRY_NOT_DRAFT", ...postingErrors],
});

const voidRoute = defineBookActRoute({
  method: "post",
  path: "/books/{book_id}/journal-entries/{entry_id}/void",
  operationId: "voidJournalEntry",
  summary: "Void a posted entry",
  description:
    "Posts an entry that reverses it, dated as asked, and links the two: `voids` and `voided_by`. Both go on counting, " +
    "and together come to nothing.",
  tags,
  params: entryParamsSchema,
  body: voidRequestSchema,
  responses: {
    201: {
      description: "The reversing entry, and the balances it left",
      schema: recordedEntrySchema,
      headers: entityTagHeadersSchema,
    },
  },
  errors: ["ENTRY_NOT_POSTED", "ENTRY_VOIDED", "ENTRY_IS_REVERSAL", "VOID_BEFORE_ENTRY", ...postingErrors],
});

export function createEntryLifeRoutes() {
  const router = createRouter<BookEnv>();

  router.openapi(changeDraftRoute, async (c) => {
    const { entry_id: entryId } = c.req.valid("param");
    const precondition = requiredPreconditionOf(c, toEntryResponse);
    const change = { entryId, precondition, patch: c.req.valid("json") };
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toRecordedEntryResponse(await changeDraft(tx, recording, change));
    const { balances, ...entry } = await writeToBook(c, { status: 200, run });
    setEntityTag(c, entry);
    return c.json({ ...entry, balances }, 200);
  });

  router.openapi(deleteDraftRoute, async (c) => {
    const { book_id: bookId, entry_id: entryId } = c.req.valid("param");
    const precondition = requiredPreconditionOf(c, toEntryResponse);
    await writeToBook(c, { status: 204, run: (tx) => removeDraft(tx, bookId, { entryId, precondition }) });
    return c.body(null, 204);
  });

  router.openapi(postDraftRoute, async (c) => {
    const { entry_id: entryId } = c.req.valid("param");
    const precondition = preconditionOf(c, toEntryResponse);
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toRecordedEntryResponse(await postDraft(tx, recording, { entryId, precondition }));
    const { balances, ...entry } = await writeToBook(c, { status: 200, run });
    setEntityTag(c, entry);
    return c.json({ ...entry, balances }, 200);
  });

  router.openapi(voidRoute, async (c) => {
    const { entry_id: entryId } = c.req.valid("param");
    const precondition = preconditionOf(c, toEntryResponse);
    const voiding = { ...c.req.valid("json"), entryId, id: c.var.deps.ids.uuid(), precondition };
    const recording = recordingOf(c);
    const run = async (tx: Tx) => toRecordedEntryResponse(await voidEntry(tx, recording, voiding));
    const { balances, ...entry } = await writeToBook(c, { status: 201, run });
    setEntityTag(c, entry);
    return c.json({ ...entry, balances }, 201);
  });

  return router;
}
