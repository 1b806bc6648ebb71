import { z } from "zod";
import { DECIMAL_PATTERN } from "../../src/domain/decimal.ts";

/** What this client reads of the API's answers; the rest of each is passed over. */
const decimalSchema = z.string().regex(DECIMAL_PATTERN);
const cursorSchema = z.string().nullable();

export const meSchema = z.object({
  books: z.array(z.object({ id: z.string(), name: z.string() })),
  api_key: z.object({ book_id: z.string(), scopes: z.array(z.string()) }).nullable(),
});

export const accountSchema = z.object({
  id: z.string(),
  path: z.string(),
  type: z.string(),
  commodities: z.array(z.string()).nullable(),
  opened_on: z.string().nullable(),
  closed_on: z.string().nullable(),
  active: z.boolean(),
});
export type Account = z.infer<typeof accountSchema>;

export const commoditySchema = z.object({ code: z.string(), places: z.int() });
export type Commodity = z.infer<typeof commoditySchema>;

export const accountListSchema = z.object({ items: z.array(accountSchema), next_cursor: cursorSchema });
export const commodityListSchema = z.object({ items: z.array(commoditySchema), next_cursor: cursorSchema });

export const createdSchema = z.object({ id: z.string() });
export const createdListSchema = z.object({ items: z.array(createdSchema) });

export const balanceSchema = z.object({
  balances: z.array(z.object({ commodity: z.string(), balance: decimalSchema })),
});

export const trialBalanceSchema = z.object({
  totals: z.array(z.object({ commodity: z.string(), debit: decimalSchema, credit: decimalSchema })),
});
export type TrialBalanceTotal = z.infer<typeof trialBalanceSchema>["totals"][number];
