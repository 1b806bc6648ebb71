import { z } from "@hono/zod-openapi";

/** What every write to a book takes besides its own. */
export const bookWriteQuerySchema = z.strictObject({
  dry_run: z.enum(["true", "false"]).default("false").openapi({
    description: "Answers what the write would answer, and writes nothing: the same path, rolled back.",
  }),
});

/** For routes that answer with a credential: what they answer is never stored. */
export const noIdempotencyKeySchema = z.object({
  "idempotency-key": z
    .never({ error: "is not taken here: answers with a credential are never stored" })
    .optional()
    .openapi({ type: "string", maxLength: 0, description: "Refused: answers with a credential are never stored." }),
});

export const bookWriteHeadersSchema = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, { error: "must be 1 to 255 visible ASCII characters" })
    .optional()
    .openapi({
      description:
        "A name of the caller's own for this write. Sent again within 30 days with the same body it is answered as it " +
        "was, with `Idempotency-Replayed: true`, and nothing is done twice.",
    }),
});
