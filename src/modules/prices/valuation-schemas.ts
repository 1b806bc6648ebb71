import { z } from "@hono/zod-openapi";
import { responseSchema } from "../../foundation/http/schemas.ts";
import { amountSchema, commoditySchema, dateSchema } from "../schemas.ts";

/** The query of an answer that can value what it has. */
export const totalInSchema = commoditySchema.openapi({
  description:
    "Values every amount in this commodity too, exactly, by prices of that pair: the latest on or before the day. What has no " +
    "price is named in `missing_prices`, and what depends on it is null.",
});

/** What such an answer says of it. */
export const valuationShape = {
  total_in: commoditySchema.nullable(),
  prices: z
    .array(
      responseSchema({
        commodity: commoditySchema,
        quote: commoditySchema,
        date: dateSchema,
        price: amountSchema,
        source: z.string().nullable(),
      }).openapi("UsedPrice"),
    )
    .openapi({ description: "Each price that a value came from." }),
  missing_prices: z
    .array(
      responseSchema({ commodity: commoditySchema, quote: commoditySchema, date: dateSchema.nullable() }).openapi(
        "MissingPrice",
      ),
    )
    .openapi({ description: "Each price that there is not, on or before that day (null: on any)." }),
};
