import { z } from "@hono/zod-openapi";
import { AMOUNT_PLACES_MAX } from "../../domain/decimal.ts";
import { pageQueryShape } from "../../foundation/http/pagination.ts";
import { listSchema, responseSchema } from "../../foundation/http/schemas.ts";
import { commoditySchema, textSchema, uuidSchema } from "../schemas.ts";

const nameSchema = textSchema({ lengthMax: 100 }).openapi({ example: "Acme Inc., ordinary shares" });
const placesSchema = z
  .int()
  .min(0)
  .max(AMOUNT_PLACES_MAX)
  .openapi({ description: "The decimal places that amounts may have.", example: 4 });

export const commodityRequestSchema = z
  .strictObject({ code: commoditySchema, name: nameSchema.optional(), places: placesSchema })
  .openapi("CommodityRequest");

export const commodityPatchSchema = z.strictObject({ name: nameSchema.nullable() }).openapi("CommodityPatch");

export const commodityResponseSchema = responseSchema({
  code: commoditySchema,
  name: z.string().nullable(),
  places: placesSchema,
  iso4217: z.boolean().openapi({ description: "Whether the commodity is a currency of ISO 4217, built in." }),
}).openapi("Commodity");

export const commodityListSchema = listSchema(commodityResponseSchema).openapi("CommodityList");

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const commodityParamsSchema = z.strictObject({ book_id: uuidSchema, code: commoditySchema });

export const commodityListQuerySchema = z.strictObject({
  ...pageQueryShape,
  iso4217: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "Only the built-in currencies, or only the book's own commodities." }),
});

/** Where a page of the list ended. */
export const commodityCursorSchema = z.tuple([commoditySchema]);
