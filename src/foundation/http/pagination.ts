import { z } from "@hono/zod-openapi";

export type { CursorScope } from "./cursor.ts";
export { cursorOf, parseCursor } from "./cursor.ts";
export { listSchema, problemSchema, responseSchema } from "./schemas.ts";

export const pageLimitMax = 200;
export const pageLimitDefault = 50;
const cursorLengthMax = 1_024;

/** The fields of {@link pageQuery}, for a query that has filters beside them. */
export const pageQueryShape = {
  limit: z
    .string()
    .regex(/^(?:[1-9]|[1-9][0-9]|1[0-9][0-9]|200)$/, { error: `must be a whole number from 1 to ${pageLimitMax}` })
    .transform(Number)
    .default(pageLimitDefault)
    .openapi({
      type: "integer",
      minimum: 1,
      maximum: pageLimitMax,
      default: pageLimitDefault,
      description: "The most items of one page.",
    }),
  cursor: z
    .string()
    .min(1)
    .max(cursorLengthMax)
    .optional()
    .openapi({ description: "The `next_cursor` of the page before, with the same filters." }),
};

/** The query of a list: `limit` from 1 to 200 (50 by default), and `cursor` where the page before ended. */
export const pageQuery = z.strictObject(pageQueryShape);

export interface Page<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/**
 * Cuts a page from rows that were read with one more than `limit`: the extra row only tells that there is a next
 * page, whose cursor `cursorAfter` makes from the last row of this one.
 */
export function toPage<Row>(rows: readonly Row[], limit: number, cursorAfter: (last: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null };
}
