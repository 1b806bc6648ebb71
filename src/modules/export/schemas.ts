import { z } from "@hono/zod-openapi";
import { responseSchema } from "../../foundation/http/schemas.ts";
import { accountResponseSchema } from "../accounts/index.ts";
import { commodityResponseSchema } from "../commodities/index.ts";
import { entrySchema } from "../journal/index.ts";
import { periodCloseSchema } from "../periods/index.ts";
import { priceResponseSchema } from "../prices/index.ts";
import { knowledgeTokenSchema, timestampSchema, uuidSchema } from "../schemas.ts";

export const exportParamsSchema = z.strictObject({ book_id: uuidSchema });

export const exportQuerySchema = z.strictObject({
  format: z.enum(["json", "beancount"]).openapi({
    description:
      "`json`: everything, a record a line. `beancount`: what beancount 3 and other tools of plain text accounting read.",
  }),
});

export const bookExportSchema = responseSchema({
  format: z.literal("footing-book"),
  version: z.literal(1).openapi({ description: "Counted up when a reader of the one before could misread it." }),
  book: responseSchema({ id: uuidSchema, name: z.string() }),
  exported: responseSchema({ at: timestampSchema, knowledge: knowledgeTokenSchema }),
  commodities: z.array(commodityResponseSchema).openapi({ description: "The book's own." }),
  accounts: z.array(accountResponseSchema),
  prices: z.array(priceResponseSchema),
  entries: z.array(entrySchema).openapi({
    description: "Those that count, in the order in which they were posted; then the drafts.",
  }),
  period_closes: z.array(periodCloseSchema),
}).openapi("BookExport");

export type BookExport = z.infer<typeof bookExportSchema>;
