import { z } from "@hono/zod-openapi";
import { ACCOUNT_TYPES, CASH_FLOW_CLASSES } from "../../domain/account.ts";
import { pageQueryShape } from "../../foundation/http/pagination.ts";
import { listSchema, responseSchema } from "../../foundation/http/schemas.ts";
import { accountPathSchema, commoditySchema, dateSchema, textSchema, timestampSchema, uuidSchema } from "../schemas.ts";

/** Bound of an account's list of commodities. */
const commoditiesMax = 100;

const typeSchema = z.enum(ACCOUNT_TYPES);
const codeSchema = textSchema({ lengthMax: 50 }).openapi({ example: "1200" });
const descriptionSchema = textSchema({ lengthMax: 1000 });
const cashFlowSchema = z.enum(CASH_FLOW_CLASSES).openapi({
  description:
    "What the account is in a statement of cash flows. Absent or null: as the nearest account above that says so, or " +
    "else by its type: income and expenses are operating, liabilities and equity financing, assets investing.",
});
const commoditiesSchema = z
  .array(commoditySchema)
  .min(1)
  .max(commoditiesMax)
  .refine((codes) => new Set(codes).size === codes.length, { error: "must not name a commodity twice" })
  .openapi({ description: "The commodities that lines may use. Absent or null: any.", example: ["USD"] });

export const accountRequestSchema = z
  .strictObject({
    path: accountPathSchema,
    type: typeSchema,
    code: codeSchema.optional(),
    commodities: commoditiesSchema.optional(),
    description: descriptionSchema.optional(),
    cash_flow: cashFlowSchema.optional(),
    opened_on: dateSchema.optional(),
  })
  .openapi("AccountRequest");

export const accountPatchSchema = z
  .strictObject({
    path: accountPathSchema.optional(),
    code: codeSchema.nullable().optional(),
    commodities: commoditiesSchema.nullable().optional(),
    description: descriptionSchema.nullable().optional(),
    cash_flow: cashFlowSchema.nullable().optional(),
    active: z.boolean().optional(),
    opened_on: dateSchema.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { error: "must change at least one field" })
  .openapi("AccountPatch", { minProperties: 1 });

export const accountCloseSchema = z.strictObject({ closed_on: dateSchema }).openapi("AccountClose");

export const accountResponseSchema = responseSchema({
  id: uuidSchema,
  path: z.string().openapi({ example: "Assets:Bank:Checking" }),
  type: typeSchema,
  code: z.string().nullable(),
  commodities: z.array(commoditySchema).nullable(),
  description: z.string().nullable(),
  cash_flow: cashFlowSchema.nullable(),
  active: z.boolean(),
  opened_on: dateSchema.nullable().openapi({ description: "The first day that a line may have." }),
  closed_on: dateSchema.nullable().openapi({ description: "The last day that a line may have." }),
  created_at: timestampSchema,
  updated_at: timestampSchema,
}).openapi("Account");

export type AccountResponse = z.infer<typeof accountResponseSchema>;

export const accountListSchema = listSchema(accountResponseSchema).openapi("AccountList");

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const accountParamsSchema = z.strictObject({ book_id: uuidSchema, account_id: uuidSchema });

export const accountListQuerySchema = z.strictObject({
  ...pageQueryShape,
  type: typeSchema.optional(),
  active: z.enum(["true", "false"]).optional(),
  under: accountPathSchema.optional().openapi({ description: "The account of this path and those below it." }),
  code: codeSchema.optional(),
  path: accountPathSchema.optional().openapi({ description: "The account of exactly this path." }),
});

/** Where a page of the list ended. */
export const accountCursorSchema = z.tuple([accountPathSchema]);
