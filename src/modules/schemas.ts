import { z } from "@hono/zod-openapi";
import { parseAccountPath } from "../domain/account.ts";
import { isCalendarDate } from "../domain/calendar-date.ts";
import { COMMODITY_CODE_PATTERN } from "../domain/currency.ts";
import { AMOUNT_PATTERN, DECIMAL_PATTERN } from "../domain/decimal.ts";
import { parseKnowledge } from "../domain/knowledge.ts";

/** Fields that more than one module's schemas are made of. */

/** In lower case, as PostgreSQL writes UUIDs and as every answer has them. */
export const uuidSchema = z
  .uuid({ error: "must be a UUID" })
  .toLowerCase()
  .openapi({ example: "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10" });

export const dateSchema = z
  .string()
  .refine(isCalendarDate, { error: "must be a calendar date, YYYY-MM-DD" })
  .openapi({ format: "date", example: "2026-01-31" });

/** The days of a report. */
export const asOfSchema = dateSchema.openapi({ description: "The last day, included. Absent: every day." });
export const sinceSchema = dateSchema.openapi({ description: "The first day, included. Absent: every day." });

/** Whether the days of a report are a range; {@link rangeFault} where they are not. */
export function isRange(range: { readonly since?: string | undefined; readonly as_of?: string | undefined }): boolean {
  return range.since === undefined || range.as_of === undefined || range.since <= range.as_of;
}
export const rangeFault = { error: "must not be before since", path: ["as_of"] };

export const timestampSchema = z.string().openapi({ format: "date-time", example: "2026-01-31T12:00:00.000Z" });

/** One line of text that can be seen: nothing that controls a terminal or turns the direction of reading, none of its ends blank, counted in UTF-16 units. */
export function textSchema(bounds: { readonly lengthMax: number; readonly lengthMin?: number }) {
  return z
    .string()
    .min(bounds.lengthMin ?? 1)
    .max(bounds.lengthMax)
    .refine((text) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text), {
      error: "must not contain control characters, line separators or changes of direction",
    })
    .refine((text) => /[^\p{C}\p{Z}\p{M}]/u.test(text), { error: "must contain something that can be seen" })
    .refine((text) => text.trim() === text, { error: "must not begin or end with white space" });
}

/** An account's path, read into Unicode normalisation form C. */
export const accountPathSchema = z
  .string()
  .transform((text, context) => {
    const path = parseAccountPath(text);
    if (path !== null) return path;
    context.addIssue({ code: "custom", message: "must be an account path such as Assets:Bank:Checking" });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "Assets:Bank:Checking" });

export const commoditySchema = z
  .string()
  .regex(COMMODITY_CODE_PATTERN, { error: "must be a commodity code such as USD or ACME" })
  .openapi({ example: "USD" });

const numberFault =
  'must be a string such as "12.50": JSON numbers are read as floating point, which cannot hold every amount';

export const amountSchema = z
  .string({ error: ({ input }) => (typeof input === "number" ? numberFault : undefined) })
  .regex(AMOUNT_PATTERN, {
    error: "must be a decimal amount such as 12.50, with at most 20 digits before the point and 18 after",
  })
  .openapi({ example: "12.50" });

const metadataBytesMax = 8192;

/** A bounded JSON object of the caller's own. */
export const metadataSchema = z
  .record(z.string().min(1).max(100), z.json())
  .refine((metadata) => new TextEncoder().encode(JSON.stringify(metadata)).length <= metadataBytesMax, {
    error: `must be at most ${metadataBytesMax} bytes of JSON`,
  })
  .openapi({ type: "object", additionalProperties: true, example: {} });

/** A signed sum of amounts. */
export const decimalSchema = z.string().regex(DECIMAL_PATTERN).openapi({ example: "-12.50" });

/** A point of knowledge, read: a time with its zone, or a token that an answer gave as `knowledge`. */
export const knowledgeSchema = z
  .string()
  .transform((text, context) => {
    const knowledge = parseKnowledge(text);
    if (knowledge !== null) return knowledge;
    context.addIssue({
      code: "custom",
      message: "must be a time with its zone, such as 2026-03-31T23:59:59Z, or a token",
    });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "2026-03-31T23:59:59Z" });

/** The point of knowledge that a report is asked for. */
export const knownAtSchema = knowledgeSchema.openapi({
  description:
    "Answers with what was known then, whatever was recorded since: a time, or an answer's `knowledge`. Absent: now.",
});

/** The same, as the answer repeats it. */
export const knownAtTextSchema = z.string().nullable().openapi({ description: "As it was asked for." });

/** What an answer says of how much it knew. */
export const knowledgeTokenSchema = z.string().openapi({
  description:
    "Stands for exactly what had been committed when this was answered: `known_at` takes it, and so do changes.",
  example: "kn_NzU3Ojc1ODo",
});
