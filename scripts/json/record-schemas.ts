import { z } from "zod";

/** What the import reads of an export; the rest of each record is passed over, but for an account's, which is passed on. */

export const headSchema = z.object({
  format: z.literal("footing-book"),
  version: z.literal(1),
  book: z.object({ id: z.string(), name: z.string() }),
});

const commoditySchema = z.object({ code: z.string(), name: z.string().nullable(), places: z.int() });

const accountSchema = z.looseObject({
  path: z.string(),
  active: z.boolean(),
  closed_on: z.string().nullable(),
});

const priceSchema = z.object({
  commodity: z.string(),
  quote: z.string(),
  date: z.string(),
  price: z.string(),
  source: z.string().nullable(),
});

const jsonObjectSchema = z.record(z.string(), z.json());

const lineSchema = z.object({
  account_path: z.string(),
  side: z.string(),
  amount: z.string(),
  commodity: z.string(),
  price: z.object({ amount: z.string(), commodity: z.string(), source: z.string().nullable() }).nullable(),
  memo: z.string().nullable(),
  metadata: jsonObjectSchema,
  rounding: z.boolean(),
});

const entrySchema = z.object({
  id: z.string(),
  status: z.enum(["draft", "posted", "voided"]),
  date: z.string(),
  memo: z.string().nullable(),
  payee: z.string().nullable(),
  tags: z.array(z.string()),
  links: z.array(z.string()),
  metadata: jsonObjectSchema,
  source: z.string().nullable(),
  closing: z.boolean(),
  voids: z.string().nullable(),
  void_reason: z.string().nullable(),
  lines: z.array(lineSchema),
});

const periodCloseSchema = z.object({
  closed_through: z.string(),
  reopened: z.unknown(),
});

/** The lists of an export, in their order. */
export const recordSchemas = {
  commodities: commoditySchema,
  accounts: accountSchema,
  prices: priceSchema,
  entries: entrySchema,
  period_closes: periodCloseSchema,
} as const;

export type ListName = keyof typeof recordSchemas;
export const LIST_NAMES = Object.keys(recordSchemas) as ListName[];

export type AccountRecord = z.infer<typeof accountSchema>;
export type PriceRecord = z.infer<typeof priceSchema>;
export type EntryRecord = z.infer<typeof entrySchema>;
export type PeriodCloseRecord = z.infer<typeof periodCloseSchema>;

/** A record, and the line of the file that it stands on. */
export type ExportRecord = {
  [Name in ListName]: {
    readonly list: Name;
    readonly line: number;
    readonly record: z.infer<(typeof recordSchemas)[Name]>;
  };
}[ListName];
