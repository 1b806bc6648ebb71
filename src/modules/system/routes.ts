import type { AppEnv, Deps } from "../../deps.ts";
import { type Check, createKeptChecks } from "../../foundation/health/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { version } from "../../version.ts";
import { defineSystemRoute } from "../define-route.ts";
import { toHealthResponse } from "./responses.ts";
import {
  errorPageListSchema,
  errorPageSchema,
  errorParamsSchema,
  healthSchema,
  livenessSchema,
  readinessSchema,
} from "./schemas.ts";
import { getErrorPage, listErrorPages } from "./service.ts";

const tags = ["System"];

/** These routes are open to everybody and exempt from the rate limit, so what they cost is bounded here. */
const criticalKeptMs = 1000;
const othersKeptMs = 30_000;
const checkTimeoutMs = 3000;

const healthRoute = defineSystemRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  summary: "Whether the API can do its work, and what it stands on",
  tags,
  security: [],
  cost: 0,
  responses: {
    200: { description: "It can, though what is not critical may have failed", schema: healthSchema },
    503: { description: "Something critical failed", schema: healthSchema },
  },
  errors: [],
});

const livenessRoute = defineSystemRoute({
  method: "get",
  path: "/health/live",
  operationId: "getLiveness",
  summary: "Whether the process answers at all: if not, start it again",
  tags,
  security: [],
  cost: 0,
  responses: { 200: { description: "It does", schema: livenessSchema } },
  errors: [],
});

const readinessRoute = defineSystemRoute({
  method: "get",
  path: "/health/ready",
  operationId: "getReadiness",
  summary: "Whether to send requests here: not before the start is done, nor while it shuts down",
  tags,
  security: [],
  cost: 0,
  responses: {
    200: { description: "Send them", schema: readinessSchema },
    503: { description: "Send them elsewhere", schema: readinessSchema },
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
  errors: ["OVERLOADED"],
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
  errors: ["NOT_FOUND", "OVERLOADED"],
});

export function createSystemRoutes({ config, checks, lifecycle, logger }: Deps) {
  const router = createRouter<AppEnv>();
  const keep = (kept: readonly Check[], keptMs: number) =>
    createKeptChecks(kept, {
      timeoutMs: checkTimeoutMs,
      keptMs,
      onFailure: ({ name, error }) => logger.error(`the health check of ${name} failed`, { error }),
    });
  const runCritical = keep(
    checks.filter(({ critical }) => critical),
    criticalKeptMs,
  );
  const runOthers = keep(
    checks.filter(({ critical }) => !critical),
    othersKeptMs,
  );

  router.openapi(healthRoute, async (c) => {
    const results = (await Promise.all([runCritical(), runOthers()])).flat();
    const body = toHealthResponse(results, { version, commit: config.gitCommitSha });
    return body.status === "failed" ? c.json(body, 503) : c.json(body, 200);
  });

  router.openapi(readinessRoute, (c) => {
    const status = lifecycle.state;
    return status === "ready" ? c.json({ status }, 200) : c.json({ status }, 503);
  });

  router.openapi(livenessRoute, (c) => c.json({ status: "ok" } as const, 200));

  router.openapi(errorsRoute, (c) => c.json({ items: listErrorPages(), next_cursor: null }, 200));

  router.openapi(errorRoute, (c) => c.json(getErrorPage(c.req.valid("param").error_id), 200));

  return router;
}
