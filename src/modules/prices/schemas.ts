import { z } from "@hono/zod-openapi";
import { pageQueryShape } from "../../foundation/http/pagination.ts";
import { listSchema, responseSchema } from "../../foundation/http/schemas.ts";
import { amountSchema, commoditySchema, dateSchema, textSchema, timestampSchema, uuidSchema } from "../schemas.ts";

/** Bound of one bulk request. */
export const bulkPricesMax = 1000;

const positiveAmountSchema = amountSchema
  .refine((amount) => /[1-9]/.test(amount), { error: "must be greater than zero" })
  .openapi({ description: "What one unit of the commodity costs, in the quote commodity.", example: "187.44" });

export const priceRequestSchema = z
  .strictObject({
    commodity: commoditySchema,
    quote: commoditySchema,
    date: dateSchema,
    price: positiveAmountSchema,
    source: textSchema({ lengthMax: 100 }).optional(),
  })
  .refine((price) => price.commodity !== price.quote, {
    error: "must be another commodity than the one that is priced",
    path: ["quote"],
  })
  .openapi("PriceRequest");

export type PriceRequest = z.infer<typeof priceRequestSchema>;

export const bulkPricesRequestSchema = z
  .strictObject({
    prices: z.array(priceRequestSchema).min(1).max(bulkPricesMax).superRefine(refuseRepeatedFacts),
  })
  .openapi("PricesBulkRequest");

function refuseRepeatedFacts(prices: readonly PriceRequest[], context: z.RefinementCtx): void {
  const indexOf = new Map<string, number>();
  for (const [index, { commodity, quote, date }] of prices.entries()) {
    const fact = `${commodity} ${quote} ${date}`;
    const earlier = indexOf.get(fact);
    if (earlier === undefined) indexOf.set(fact, index);
    else
      context.addIssue({
        code: "custom",
        path: [index],
        message: `repeats the commodity, quote and date of /prices/${earlier}`,
      });
  }
}

export const priceResponseSchema = responseSchema({
  id: uuidSchema,
  commodity: commoditySchema,
  quote: commoditySchema,
  date: dateSchema,
  price: amountSchema,
  source: z.string().nullable(),
  created_at: timestampSchema,
}).openapi("Price");

export type PriceResponse = z.infer<typeof priceResponseSchema>;

export const priceListSchema = listSchema(priceResponseSchema).openapi("PriceList");

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const priceParamsSchema = z.strictObject({ book_id: uuidSchema, price_id: uuidSchema });

export const priceListQuerySchema = z.strictObject({
  ...pageQueryShape,
  commodity: commoditySchema.optional(),
  quote: commoditySchema.optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional().openapi({ description: "The last day, included." }),
});

export const latestPriceQuerySchema = z.strictObject({
  commodity: commoditySchema,
  quote: commoditySchema,
  date: dateSchema.optional().openapi({ description: "The last day to look at, included. Absent: every day." }),
});

/** Where a page of the list ended. */
export const priceCursorSchema = z.tuple([dateSchema, uuidSchema]);
