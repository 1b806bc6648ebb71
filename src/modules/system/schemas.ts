import { z } from "@hono/zod-openapi";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";

const checkSchema = responseSchema({
  status: z.enum(["ok", "failed", "not_configured"]),
  critical: z.boolean().openapi({ description: "Whether nothing works without it." }),
  duration_ms: z.number().openapi({ description: "How long the check took." }),
});

export const healthSchema = responseSchema({
  status: z.enum(["ok", "degraded", "failed"]).openapi({
    description: "`degraded` where only what is not critical fails; the API then does its work.",
  }),
  version: z.string(),
  commit: z.string().nullable(),
  checks: responseSchema({
    database: checkSchema,
    redis: checkSchema.optional(),
    storage: checkSchema.optional(),
    model: checkSchema.optional(),
  }).openapi({ description: "What the API stands on here." }),
}).openapi("Health");

export const livenessSchema = responseSchema({ status: z.literal("ok") }).openapi("Liveness");

export const readinessSchema = responseSchema({ status: z.enum(["starting", "ready", "draining"]) }).openapi(
  "Readiness",
);

export const errorPageSchema = responseSchema({
  error_id: z.string(),
  status: z.int(),
  title: z.string(),
  retryable: z.boolean(),
  meaning: z.string(),
  remedy: z.string(),
}).openapi("ErrorPage", { description: "What an error id means and what to do about it." });

export const errorPageListSchema = listSchema(errorPageSchema).openapi("ErrorPageList");

export const errorParamsSchema = z.strictObject({ error_id: z.string().regex(/^[A-Z_]{1,64}$/) });
