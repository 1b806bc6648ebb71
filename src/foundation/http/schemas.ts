import { z } from "@hono/zod-openapi";

/**
 * The base of every response schema: exactly these fields, so that a field nobody declared is a type error and the
 * OpenAPI document says `additionalProperties: false`.
 */
export function responseSchema<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape);
}

/** The one list schema: a page of items, and the cursor of the next page or null on the last one. */
export function listSchema<Item extends z.ZodType>(item: Item) {
  return responseSchema({
    items: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .openapi({ description: "Send it as `cursor` for the next page; null on the last." }),
  });
}

const fieldFaultSchema = responseSchema({
  pointer: z.string().openapi({
    description: "RFC 6901 pointer into the body (`/lines/0/amount`), or `/query/…`, `/params/…`, `/headers/…`.",
    example: "/lines/0/amount",
  }),
  detail: z.string().openapi({ example: "must be a decimal string" }),
  error_id: z.string().optional(),
});

/** RFC 9457, as the OpenAPI document shows it; {@link import("../errors/problem.ts").Problem} is the type. */
export const problemSchema = responseSchema({
  type: z.string().openapi({ description: "A page that says what the error means and what to do." }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  error_id: z.string().openapi({ example: "VALIDATION_FAILED" }),
  request_id: z.string(),
  trace_id: z.string(),
  errors: z.array(fieldFaultSchema).optional(),
}).openapi("Problem");
