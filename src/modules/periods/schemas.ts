import { z } from "@hono/zod-openapi";
import { listSchema, pageQueryShape, responseSchema } from "../../foundation/http/pagination.ts";
import {
  accountPathSchema,
  dateSchema,
  knowledgeTokenSchema,
  textSchema,
  timestampSchema,
  uuidSchema,
} from "../schemas.ts";

const closedThroughSchema = dateSchema.openapi({ description: "The last day that is closed.", example: "2025-12-31" });

const retainedEarningsSchema = z
  .strictObject({ account_id: uuidSchema.optional(), account_path: accountPathSchema.optional() })
  .refine((account) => (account.account_id === undefined) !== (account.account_path === undefined), {
    error: "name the account by exactly one of account_id and account_path",
    path: ["account_id"],
  })
  .openapi("RetainedEarnings", {
    description: "The equity account that income and expenses are moved to. Absent: the period is closed as it is.",
  });

export const periodCloseRequestSchema = z
  .strictObject({
    closed_through: closedThroughSchema,
    retained_earnings: retainedEarningsSchema.optional(),
    memo: textSchema({ lengthMax: 1000 }).optional().openapi({ description: "Of the closing entries." }),
  })
  .refine((close) => close.memo === undefined || close.retained_earnings !== undefined, {
    error: "is that of closing entries: name retained_earnings too",
    path: ["memo"],
  })
  .openapi("PeriodCloseRequest");

export const reopenRequestSchema = z
  .strictObject({ reason: textSchema({ lengthMax: 500 }).openapi({ example: "An invoice of December came late" }) })
  .openapi("ReopenRequest");

const closedSchema = responseSchema({
  at: timestampSchema,
  by: uuidSchema,
  api_key_id: uuidSchema.nullable(),
  request_id: z.string(),
  trace_id: z.string(),
}).openapi("PeriodClosing");

const reopenedSchema = responseSchema({
  at: timestampSchema,
  by: uuidSchema,
  request_id: z.string(),
  trace_id: z.string(),
  reason: z.string(),
  knowledge: knowledgeTokenSchema,
}).openapi("PeriodReopening");

export const periodCloseSchema = responseSchema({
  id: uuidSchema,
  closed_through: closedThroughSchema,
  closed: closedSchema,
  knowledge: knowledgeTokenSchema,
  closing_entry_ids: z.array(uuidSchema).openapi({ description: "What the close posted; known at its `knowledge`." }),
  reopened: reopenedSchema.nullable().openapi({ description: "Null while the close stands." }),
}).openapi("PeriodClose");

export type PeriodCloseResponse = z.infer<typeof periodCloseSchema>;

export const periodCloseListSchema = listSchema(periodCloseSchema).openapi("PeriodCloseList");

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const closeParamsSchema = z.strictObject({ book_id: uuidSchema, close_id: uuidSchema });

export const closeListQuerySchema = z.strictObject(pageQueryShape);

/** Where a page of the list ended. */
export const closeCursorSchema = z.tuple([uuidSchema]);
