import { z } from "@hono/zod-openapi";
import { ACCOUNT_TYPES } from "../../domain/account.ts";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";
import { commoditySchema, dateSchema, decimalSchema, uuidSchema } from "../schemas.ts";

export const reportParamsSchema = z.strictObject({ book_id: uuidSchema });

export const trialBalanceQuerySchema = z.strictObject({
  date: dateSchema.optional().openapi({ description: "The last day, included. Absent: every day." }),
});

const trialBalanceRowSchema = responseSchema({
  account_id: uuidSchema,
  path: z.string(),
  type: z.enum(ACCOUNT_TYPES),
  commodity: commoditySchema,
  debit: decimalSchema,
  credit: decimalSchema,
  balance: decimalSchema,
  weight_commodity: commoditySchema.openapi({ description: "What the lines count in: the commodity of their price." }),
  weight_debit: decimalSchema,
  weight_credit: decimalSchema,
}).openapi("TrialBalanceRow");

export const trialBalanceSchema = listSchema(trialBalanceRowSchema)
  .extend({
    date: dateSchema.nullable(),
    totals: z
      .array(responseSchema({ commodity: commoditySchema, debit: decimalSchema, credit: decimalSchema }))
      .openapi({ description: "Per weight commodity; debit equals credit." }),
  })
  .openapi("TrialBalance");
