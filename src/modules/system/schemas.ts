import { z } from "@hono/zod-openapi";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";

const checkSchema = responseSchema({ status: z.enum(["ok", "failed"]), detail: z.string().optional() });

export const healthSchema = responseSchema({
  status: z.enum(["ok", "failed"]),
  version: z.string(),
  commit: z.string().nullable(),
  checks: responseSchema({ database: checkSchema }),
}).openapi("Health");

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
