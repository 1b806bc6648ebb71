import type { AppEnv, Deps } from "../../deps.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { version } from "../../version.ts";
import { defineSystemRoute } from "../define-route.ts";
import { createDatabaseCheck } from "./database-check.ts";
import { errorPageListSchema, errorPageSchema, errorParamsSchema, healthSchema } from "./schemas.ts";
import { getErrorPage, listErrorPages } from "./service.ts";

const tags = ["System"];

const healthRoute = defineSystemRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  summary: "Whether the API can do its work",
  tags,
  security: [],
  responses: {
    200: { description: "Every check passed", schema: healthSchema },
    503: { description: "A check failed", schema: healthSchema },
  },
  errors: [],
});

const errorsRoute = defineSystemRoute({
  method: "get",
  path: "/errors",
  operationId: "listErrors",
  summary: "The error catalogue",
  tags,
  security: [],
  responses: { 200: { description: "Every error id", schema: errorPageListSchema } },
  errors: [],
});

const errorRoute = defineSystemRoute({
  method: "get",
  path: "/errors/{error_id}",
  operationId: "getError",
  summary: "What an error id means and what to do",
  tags,
  security: [],
  params: errorParamsSchema,
  responses: { 200: { description: "The error", schema: errorPageSchema } },
  errors: ["NOT_FOUND"],
});

export function createSystemRoutes({ config, db }: Deps) {
  const router = createRouter<AppEnv>();
  const databaseIsUp = createDatabaseCheck(db);

  router.openapi(healthRoute, async (c) => {
    const up = await databaseIsUp();
    const status = up ? "ok" : "failed";
    const body = { status, version, commit: config.gitCommitSha ?? null, checks: { database: { status } } } as const;
    return up ? c.json(body, 200) : c.json(body, 503);
  });

  router.openapi(errorsRoute, (c) => c.json({ items: listErrorPages(), next_cursor: null }, 200));

  router.openapi(errorRoute, (c) => c.json(getErrorPage(c.req.valid("param").error_id), 200));

  return router;
}
