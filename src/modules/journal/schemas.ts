import { z } from "@hono/zod-openapi";
import { parseAmount } from "../../domain/decimal.ts";
import { SIDES } from "../../domain/posting.ts";
import { listSchema, pageQueryShape, responseSchema } from "../../foundation/http/pagination.ts";
import {
  accountPathSchema,
  amountSchema,
  commoditySchema,
  dateSchema,
  decimalSchema,
  metadataSchema,
  textSchema,
  timestampSchema,
  uuidSchema,
} from "../schemas.ts";

/** Bounds of one entry and of one bulk request. */
export const linesMax = 200;
export const bulkEntriesMax = 1000;

const priceShape = {
  amount: amountSchema.refine((amount) => /[1-9]/.test(amount), { error: "must be greater than zero" }),
  commodity: commoditySchema,
};

const priceSourceSchema = textSchema({ lengthMax: 100 }).openapi({
  description: "Where the price came from: a central bank, an exchange, the bank's note.",
  example: "ECB reference rate",
});

const priceRequestSchema = z
  .strictObject({ ...priceShape, source: priceSourceSchema.optional() })
  .openapi("UnitPriceRequest", {
    description: "What one unit of the line's commodity costs in another on the entry's date. Greater than zero.",
  });

const priceSchema = responseSchema({ ...priceShape, source: priceSourceSchema.nullable() }).openapi("UnitPrice", {
  description: "What one unit of the line's commodity costs in another on the entry's date.",
});

const lineRequestSchema = z
  .strictObject({
    account_id: uuidSchema.optional(),
    account_path: accountPathSchema.optional(),
    side: z.enum(SIDES),
    amount: amountSchema,
    commodity: commoditySchema,
    price: priceRequestSchema.optional(),
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

const headerShape = {
  date: dateSchema,
  memo: textSchema({ lengthMax: 1000 }),
  payee: textSchema({ lengthMax: 200 }),
  tags: z.array(labelSchema).max(50),
  links: z.array(labelSchema).max(50),
  metadata: metadataSchema,
  source: textSchema({ lengthMax: 100 }),
  closing: z.boolean().openapi({
    description: "Moves income and expenses to equity at a period's end: left out of income statements and cash flows.",
  }),
};
const optional = {
  memo: headerShape.memo.optional(),
  payee: headerShape.payee.optional(),
  tags: headerShape.tags.optional(),
  links: headerShape.links.optional(),
  metadata: headerShape.metadata.optional(),
  source: headerShape.source.optional(),
  closing: headerShape.closing.optional(),
};
const linesSchema = (bounds: { readonly min: number }) => z.array(lineRequestSchema).min(bounds.min).max(linesMax);

const postingRequestSchema = z
  .strictObject({ date: dateSchema, ...optional, lines: linesSchema({ min: 2 }) })
  .openapi("PostingRequest");

export const entryRequestSchema = z
  .strictObject({
    status: z.enum(["posted", "draft"]).optional().openapi({
      description: "Absent: posted. A draft needs accounts that exist; the rest is asked when it is posted.",
    }),
    date: dateSchema,
    ...optional,
    lines: linesSchema({ min: 1 }).openapi({ description: "Two or more where the entry is posted." }),
  })
  .refine((entry) => entry.status === "draft" || entry.lines.length > 1, {
    error: "must be two lines or more",
    path: ["lines"],
  })
  .openapi("JournalEntryRequest");

export const draftPatchSchema = z
  .strictObject({
    date: dateSchema.optional(),
    memo: headerShape.memo.nullable().optional(),
    payee: headerShape.payee.nullable().optional(),
    tags: optional.tags,
    links: optional.links,
    metadata: optional.metadata,
    source: headerShape.source.nullable().optional(),
    closing: optional.closing,
    lines: linesSchema({ min: 1 }).optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { error: "must change at least one field" })
  .openapi("DraftPatch", {
    minProperties: 1,
    description: "Absent fields stay, null clears, lines are replaced as a whole.",
  });

export const voidRequestSchema = z
  .strictObject({
    date: dateSchema.openapi({ description: "Of the reversing entry; not before that of the voided one." }),
    reason: textSchema({ lengthMax: 500 }).openapi({ example: "Entered twice" }),
  })
  .openapi("VoidRequest");

export const bulkEntriesRequestSchema = z
  .strictObject({ entries: z.array(postingRequestSchema).min(1).max(bulkEntriesMax) })
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

const entryShape = {
  id: uuidSchema,
  status: z.enum(["draft", "posted", "voided"]).openapi({
    description: "A voided entry's lines still count; so do those of the entry that reverses it.",
  }),
  date: dateSchema,
  memo: z.string().nullable(),
  payee: z.string().nullable(),
  tags: z.array(z.string()),
  links: z.array(z.string()),
  metadata: metadataSchema,
  source: z.string().nullable(),
  closing: z.boolean(),
  voids: uuidSchema.nullable().openapi({ description: "The entry that this one reverses." }),
  void_reason: z.string().nullable(),
  voided_by: uuidSchema.nullable().openapi({ description: "The entry that reverses this one." }),
  lines: z.array(lineSchema),
  created_at: timestampSchema,
  created_by: uuidSchema,
  posted_at: timestampSchema.nullable(),
  recorded: responseSchema({
    at: timestampSchema,
    by: uuidSchema,
    api_key_id: uuidSchema.nullable(),
    request_id: z.string(),
    trace_id: z.string(),
  }).openapi("Recording", { description: "The last write: of an entry its posting, of a draft its last change." }),
};

export const entrySchema = responseSchema(entryShape).openapi("JournalEntry");

export const entryListSchema = listSchema(entrySchema).openapi("JournalEntryList");

const balanceLeftSchema = responseSchema({
  account_id: uuidSchema,
  account_path: z.string(),
  commodity: commoditySchema,
  balance: decimalSchema.openapi({ description: "Debits minus credits." }),
}).openapi("BalanceLeft");

/** What a write answers. */
export const recordedEntrySchema = responseSchema({
  ...entryShape,
  balances: z.array(balanceLeftSchema).openapi({
    description:
      "What the entry left on the accounts it touched, over all posted lines of any date; in a bulk request after this entry. " +
      "Empty for a draft.",
  }),
}).openapi("RecordedJournalEntry");

export const recordedEntryListSchema = listSchema(recordedEntrySchema).openapi("RecordedJournalEntryList");

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

export type PostingRequest = z.infer<typeof postingRequestSchema>;
export type DraftPatch = z.infer<typeof draftPatchSchema>;
export type EntryResponse = z.infer<typeof entrySchema>;
export type RecordedEntryResponse = z.infer<typeof recordedEntrySchema>;

/** Where a page of the list ended. */
export const entryCursorSchema = z.tuple([dateSchema, uuidSchema]);
