import { z } from "@hono/zod-openapi";
import { type Knowledge, parseKnowledge } from "../../domain/knowledge.ts";
import { listSchema, pageQueryShape, responseSchema } from "../../foundation/http/pagination.ts";
import {
  asOfSchema,
  commoditySchema,
  dateSchema,
  decimalSchema,
  isRange,
  knowledgeSchema,
  knowledgeTokenSchema,
  rangeFault,
  sinceSchema,
  timestampSchema,
  uuidSchema,
} from "../schemas.ts";

/** A cursor of changes has a snapshot in it, and with it the transactions that were running. */
const cursorLengthMax = 4096;

const changesShape = {
  ...pageQueryShape,
  cursor: z
    .string()
    .min(1)
    .max(cursorLengthMax)
    .optional()
    .openapi({ description: "The `next_cursor` of the page before, with the same filters." }),
  as_of: asOfSchema.optional(),
  from: knowledgeSchema.openapi({ description: "What was known already: a time, or an answer's `knowledge`." }),
  to: knowledgeSchema
    .optional()
    .openapi({ description: "Up to where: a time, or an answer's `knowledge`. Absent: now." }),
};

const isForward = ({ from, to }: { readonly from: Knowledge; readonly to?: Knowledge | undefined }) =>
  from.snapshot !== null || !to?.at || to.snapshot !== null || from.at <= to.at;
const notForward = { error: "must not be before from", path: ["to"] };

export const dayChangesQuerySchema = z.strictObject(changesShape).refine(isForward, notForward);
export const rangeChangesQuerySchema = z
  .strictObject({ ...changesShape, since: sinceSchema.optional() })
  .refine(isRange, rangeFault)
  .refine(isForward, notForward);

const changeSchema = responseSchema({
  id: uuidSchema,
  status: z.enum(["posted", "voided"]),
  date: dateSchema,
  memo: z.string().nullable(),
  payee: z.string().nullable(),
  voids: uuidSchema.nullable().openapi({ description: "The entry that this one reverses." }),
  void_reason: z.string().nullable(),
  closing: z.boolean(),
  posted_at: timestampSchema,
  recorded: responseSchema({
    by: uuidSchema.openapi({ description: "The user." }),
    api_key_id: uuidSchema.nullable(),
    request_id: z.string(),
    trace_id: z.string(),
  }).openapi("ChangeRecording"),
  effect: z
    .array(
      responseSchema({
        account_id: uuidSchema,
        path: z.string(),
        commodity: commoditySchema,
        amount: decimalSchema.openapi({ description: "Debits minus credits." }),
      }).openapi("ChangeEffect"),
    )
    .openapi({ description: "What it moved in the statement, by account and commodity." }),
}).openapi("StatementChange");

export const changeListSchema = listSchema(changeSchema)
  .extend({
    from: z.string().openapi({ description: "As it was asked for." }),
    to: z.string().nullable().openapi({ description: "As it was asked for." }),
    knowledge: knowledgeTokenSchema.openapi({
      description:
        "Where the list ends, on whichever page: as the next `from` it misses nothing and repeats nothing, whenever it was committed.",
    }),
  })
  .openapi("StatementChangeList");

const endSchema = z.string().transform((text, context) => {
  const knowledge = parseKnowledge(text);
  if (knowledge !== null && knowledge.snapshot !== null) return knowledge;
  context.addIssue({ code: "custom", message: "is no token" });
  return z.NEVER;
});

/** Where a page of changes ended: the token of the list's end, a transaction, an entry. */
export const changesCursorSchema = z.tuple([endSchema, z.string().regex(/^\d{1,19}$/), uuidSchema]);
