import { z } from "@hono/zod-openapi";
import { ACCOUNT_TYPES } from "../../domain/account.ts";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";
import { totalInSchema, valuationShape } from "../prices/index.ts";
import {
  asOfSchema,
  commoditySchema,
  dateSchema,
  decimalSchema,
  isRange,
  knowledgeTokenSchema,
  knownAtSchema,
  knownAtTextSchema,
  rangeFault,
  sinceSchema,
  uuidSchema,
} from "../schemas.ts";

export const reportParamsSchema = z.strictObject({ book_id: uuidSchema });

const knowledgeShape = {
  known_at: knownAtSchema.optional(),
  total_in: totalInSchema.optional(),
};

export const dayQuerySchema = z.strictObject({ as_of: asOfSchema.optional(), ...knowledgeShape });
export const rangeQuerySchema = z
  .strictObject({ since: sinceSchema.optional(), as_of: asOfSchema.optional(), ...knowledgeShape })
  .refine(isRange, rangeFault);

/** What every report says of itself. */
const dayShape = {
  as_of: dateSchema.nullable(),
  known_at: knownAtTextSchema,
  knowledge: knowledgeTokenSchema,
  ...valuationShape,
};
const rangeShape = { since: dateSchema.nullable(), ...dayShape };

const valueSchema = decimalSchema
  .nullable()
  .openapi({ description: "In `total_in`; null without one, or where a price is missing." });
const moneySchema = responseSchema({ commodity: commoditySchema, amount: decimalSchema }).openapi("CommodityAmount");

const sumSchema = responseSchema({
  totals: z.array(moneySchema).openapi({ description: "Per commodity, sorted by it; zero is left out." }),
  total: valueSchema,
}).openapi("StatementSum");

const sectionSchema = responseSchema({
  rows: z
    .array(
      responseSchema({
        account_id: uuidSchema,
        path: z.string(),
        type: z.enum(ACCOUNT_TYPES),
        commodity: commoditySchema,
        amount: decimalSchema,
        value: valueSchema,
      }).openapi("StatementRow"),
    )
    .openapi({ description: "By path and commodity; zero is left out." }),
  totals: z.array(moneySchema),
  total: valueSchema,
}).openapi("StatementSection");

export const balanceSheetSchema = responseSchema({
  ...dayShape,
  assets: sectionSchema,
  liabilities: sectionSchema,
  equity: sectionSchema,
  earnings: sumSchema.openapi({ description: "Income minus expenses that are not closed to equity yet." }),
  conversions: sumSchema.openapi({
    description:
      "What exchanges moved between commodities: assets − liabilities − equity − earnings. Its `total` is the unrealised gain.",
  }),
}).openapi("BalanceSheet");

export const incomeStatementSchema = responseSchema({
  ...rangeShape,
  income: sectionSchema,
  expenses: sectionSchema,
  net: sumSchema.openapi({ description: "Income minus expenses." }),
}).openapi("IncomeStatement");

export const cashFlowSchema = responseSchema({
  ...rangeShape,
  opening: sumSchema.openapi({ description: "Cash at the end of the day before `since`." }),
  operating: sectionSchema,
  investing: sectionSchema,
  financing: sectionSchema,
  conversions: sumSchema.openapi({ description: "What exchanges brought of a commodity, or took." }),
  closing: sumSchema.openapi({ description: "Opening, flows and conversions: cash at the end of `as_of`." }),
}).openapi("CashFlow");

const trialBalanceRowSchema = responseSchema({
  account_id: uuidSchema,
  path: z.string(),
  type: z.enum(ACCOUNT_TYPES),
  commodity: commoditySchema,
  debit: decimalSchema,
  credit: decimalSchema,
  balance: decimalSchema.openapi({ description: "Debits minus credits." }),
  weight_commodity: commoditySchema.openapi({ description: "What the lines count in: the commodity of their price." }),
  weight_debit: decimalSchema,
  weight_credit: decimalSchema,
  value: valueSchema,
}).openapi("TrialBalanceRow");

export const trialBalanceSchema = listSchema(trialBalanceRowSchema)
  .extend({
    ...rangeShape,
    totals: z
      .array(responseSchema({ commodity: commoditySchema, debit: decimalSchema, credit: decimalSchema }))
      .openapi({ description: "Per weight commodity; debit equals credit." }),
    total: valueSchema.openapi({ description: "Of the balances, in `total_in`: zero in a book without exchanges." }),
  })
  .openapi("TrialBalance");
