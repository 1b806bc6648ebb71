import { z } from "@hono/zod-openapi";
import { parseAmount } from "../../domain/decimal.ts";
import { SIDES } from "../../domain/posting.ts";
import { listSchema, pageQueryShape, responseSchema } from "../../foundation/http/pagination.ts";
import {
  accountPathSchema,
  amountSchema,
  commoditySchema,
  dateSchema,
  metadataSchema,
  textSchema,
  timestampSchema,
  uuidSchema,
} from "../schemas.ts";

/** Bounds of one entry and of one bulk request. */
export const linesMax = 200;
export const bulkEntriesMax = 1000;

const priceSchema = z
  .strictObject({
    amount: amountSchema.refine((amount) => /[1-9]/.test(amount), { error: "must be greater than zero" }),
    commodity: commoditySchema,
  })
  .openapi("UnitPrice", { description: "What one unit of the line's commodity costs in another. Greater than zero." });

const lineRequestSchema = z
  .strictObject({
    account_id: uuidSchema.optional(),
    account_path: accountPathSchema.optional(),
    side: z.enum(SIDES),
    amount: amountSchema,
    commodity: commoditySchema,
    price: priceSchema.optional(),
    memo: textSchema({ lengthMax: 500 }).optional(),
    metadata: metadataSchema.optional(),
    rounding: z.boolean().optional().openapi({
      description: "An explicit remainder: smaller than one minor unit, and as fine as it needs to be.",
    }),
  })
  .refine((line) => (line.account_id === undefined) !== (line.account_path === undefined), {
    error: "name the account by exactly one of account_id and account_path",
    path: ["account_id"],
  })
  .refine((line) => line.price === undefined || line.price.commodity !== line.commodity, {
    error: "must be another commodity than the line's",
    path: ["price", "commodity"],
  })
  .openapi("LineRequest");

const labelSchema = textSchema({ lengthMax: 100 });

export const entryRequestSchema = z
  .strictObject({
    date: dateSchema,
    memo: textSchema({ lengthMax: 1000 }).optional(),
    payee: textSchema({ lengthMax: 200 }).optional(),
    tags: z.array(labelSchema).max(50).optional(),
    links: z.array(labelSchema).max(50).optional(),
    metadata: metadataSchema.optional(),
    source: textSchema({ lengthMax: 100 }).optional(),
    lines: z.array(lineRequestSchema).min(2).max(linesMax),
  })
  .openapi("JournalEntryRequest");

export const bulkEntriesRequestSchema = z
  .strictObject({ entries: z.array(entryRequestSchema).min(1).max(bulkEntriesMax) })
  .openapi("JournalEntriesBulkRequest");

const lineSchema = responseSchema({
  position: z.int(),
  account_id: uuidSchema,
  account_path: z.string(),
  side: z.enum(SIDES),
  amount: amountSchema,
  commodity: commoditySchema,
  price: priceSchema.nullable(),
  weight: z.strictObject({ amount: z.string(), commodity: commoditySchema }),
  memo: z.string().nullable(),
  metadata: metadataSchema,
  rounding: z.boolean(),
}).openapi("Line");

export const entrySchema = responseSchema({
  id: uuidSchema,
  status: z.enum(["draft", "posted", "voided"]),
  date: dateSchema,
  memo: z.string().nullable(),
  payee: z.string().nullable(),
  tags: z.array(z.string()),
  links: z.array(z.string()),
  metadata: metadataSchema,
  source: z.string().nullable(),
  lines: z.array(lineSchema),
  posted_at: timestampSchema.nullable(),
  created_at: timestampSchema,
}).openapi("JournalEntry");

export const entryListSchema = listSchema(entrySchema).openapi("JournalEntryList");

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const entryParamsSchema = z.strictObject({ book_id: uuidSchema, entry_id: uuidSchema });

const amountQuerySchema = z
  .string()
  .refine((text) => parseAmount(text) !== null, { error: "must be a decimal amount" });

export const entryListQuerySchema = z.strictObject({
  ...pageQueryShape,
  account_id: uuidSchema.optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional().openapi({ description: "The last day, included." }),
  status: z.enum(["draft", "posted", "voided"]).optional(),
  commodity: commoditySchema.optional(),
  amount_min: amountQuerySchema
    .optional()
    .openapi({ description: "Of a line; with account_id or commodity, of that same line." }),
  amount_max: amountQuerySchema.optional(),
  q: z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !/\p{Cc}/u.test(text), { error: "must not contain control characters" })
    .optional()
    .openapi({ description: "Text that the memo or the payee contains, in any case." }),
  tag: labelSchema.optional(),
});

export type EntryRequest = z.infer<typeof entryRequestSchema>;
export type EntryResponse = z.infer<typeof entrySchema>;

/** Where a page of the list ended. */
export const entryCursorSchema = z.tuple([dateSchema, uuidSchema]);
