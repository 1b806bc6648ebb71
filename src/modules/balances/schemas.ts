import { z } from "@hono/zod-openapi";
import { SIDES } from "../../domain/posting.ts";
import { listSchema, pageQueryShape, responseSchema } from "../../foundation/http/pagination.ts";
import { totalInSchema, valuationShape } from "../prices/index.ts";
import {
  amountSchema,
  asOfSchema,
  commoditySchema,
  dateSchema,
  decimalSchema,
  knowledgeTokenSchema,
  knownAtSchema,
  knownAtTextSchema,
  uuidSchema,
} from "../schemas.ts";

export const accountParamsSchema = z.strictObject({ book_id: uuidSchema, account_id: uuidSchema });

export const balanceQuerySchema = z.strictObject({
  as_of: asOfSchema.optional(),
  known_at: knownAtSchema.optional(),
  descendants: z
    .enum(["true", "false"])
    .default("false")
    .openapi({ description: "Whether the accounts below count too." }),
});

export const balanceSchema = responseSchema({
  account_id: uuidSchema,
  path: z.string(),
  as_of: dateSchema.nullable(),
  known_at: knownAtTextSchema,
  knowledge: knowledgeTokenSchema,
  balances: z.array(
    responseSchema({
      commodity: commoditySchema,
      debit: decimalSchema,
      credit: decimalSchema,
      balance: decimalSchema.openapi({ description: "Debits minus credits." }),
    }).openapi("CommodityBalance"),
  ),
}).openapi("AccountBalance");

export const registerQuerySchema = z.strictObject({
  ...pageQueryShape,
  from: dateSchema.optional(),
  to: dateSchema.optional().openapi({ description: "The last day, included." }),
  commodity: commoditySchema.optional(),
  known_at: knownAtSchema.optional(),
  total_in: totalInSchema.optional(),
});

export const registerListSchema = listSchema(
  responseSchema({
    entry_id: uuidSchema,
    position: z.int(),
    date: dateSchema,
    payee: z.string().nullable(),
    memo: z.string().nullable(),
    side: z.enum(SIDES),
    amount: amountSchema,
    commodity: commoditySchema,
    balance: decimalSchema.openapi({ description: "The account's balance in this commodity after this line." }),
    value: decimalSchema.nullable().openapi({
      description:
        "The amount in `total_in`, at the price of the line's own day; null without one, or without that price.",
    }),
  }).openapi("RegisterLine"),
)
  .extend({ known_at: knownAtTextSchema, knowledge: knowledgeTokenSchema, ...valuationShape })
  .openapi("RegisterList");

/** What `smallint` holds. */
const positionMax = 32_767;

/** Where a page of the register ended: date, entry, position. */
export const registerCursorSchema = z.tuple([dateSchema, uuidSchema, z.int().min(0).max(positionMax)]);
