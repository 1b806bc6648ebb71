import { z } from "@hono/zod-openapi";
import { ENTITY_TAGS_PATTERN } from "../../foundation/http/entity-tag.ts";

/** What every write to a book takes besides its own. */
export const bookWriteQuerySchema = z.strictObject({
  dry_run: z.enum(["true", "false"]).default("false").openapi({
    description: "Answers what the write would answer, and writes nothing: the same path, rolled back.",
  }),
});

const refusedKeySchema = (reason: string) =>
  z.object({
    "idempotency-key": z
      .never({ error: `is not taken here: ${reason}` })
      .optional()
      .openapi({ type: "string", maxLength: 0, description: `Refused: ${reason}.` }),
  });

/** For routes that answer with a credential: what they answer is never stored. */
export const noIdempotencyKeySchema = refusedKeySchema("answers with a credential are never stored");

/** For what is no write to a book. */
export const noBookSchema = refusedKeySchema("keys are kept in books, and this is no write to one");

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

const ifMatchSchema = z
  .string()
  .regex(ENTITY_TAGS_PATTERN, { error: 'must be * or entity tags such as "5f2b…"' })
  .optional();

/** For a change of what is there: it names the version that it changes. Its absence is a 428, once the rest fits. */
export const bookChangeHeadersSchema = bookWriteHeadersSchema.extend({
  "if-match": ifMatchSchema.openapi({
    param: { required: true },
    example: "*",
    description: "The `ETag` of the version that is changed, or `*` for whatever there is.",
  }),
});

/** For an act on what is there: it may name the version that it means. */
export const bookActHeadersSchema = bookWriteHeadersSchema.extend({
  "if-match": ifMatchSchema.openapi({
    example: "*",
    description: "The `ETag` of the version that is meant. Absent: whatever there is.",
  }),
});

/** Of an answer that is one object. */
export const entityTagHeadersSchema = z.object({
  ETag: z
    .string()
    .openapi({ description: "Of this version, for `If-Match`.", example: '"5f2b8c9d1e0a4b7c8d9e0f1a2b3c4d5e"' }),
});
