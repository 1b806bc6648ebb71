import { mapPgError } from "./db/errors.ts";
import type { AppEnv, Deps } from "./deps.ts";
import { createErrorMapper } from "./foundation/errors/index.ts";
import { crossOrigin } from "./foundation/http/cross-origin.ts";
import { shedLoad } from "./foundation/http/load-shedding.ts";
import { createNotFoundHandler } from "./foundation/http/method-not-allowed.ts";
import { isProbeOrDocs } from "./foundation/http/probes.ts";
import { requestContext } from "./foundation/http/request-context.ts";
import { limitTime } from "./foundation/http/request-deadline.ts";
import { requestLogger } from "./foundation/http/request-logger.ts";
import { createRouter } from "./foundation/http/route-factory.ts";
import { securityHeaders } from "./foundation/http/security-headers.ts";
import { thrownGuard } from "./foundation/http/thrown-guard.ts";
import { originalRequest, transportLimits } from "./foundation/http/transport-limits.ts";
import { createClientAddress, rateLimit, routeCost } from "./foundation/rate-limit/index.ts";
import { createDecisionCounter, serverSpan } from "./foundation/telemetry/index.ts";
import { createAccountRoutes } from "./modules/accounts/index.ts";
import { authenticate, createAuthRoutes } from "./modules/auth/index.ts";
import { createBalanceRoutes } from "./modules/balances/index.ts";
import { createBookRoutes } from "./modules/books/index.ts";
import { createCommodityRoutes } from "./modules/commodities/index.ts";
import { createExportRoutes } from "./modules/export/index.ts";
import { createJournalRoutes } from "./modules/journal/index.ts";
import { createPeriodRoutes } from "./modules/periods/index.ts";
import { createPriceRoutes } from "./modules/prices/index.ts";
import { createReportRoutes } from "./modules/reports/index.ts";
import { createDocsRoutes, createSystemRoutes } from "./modules/system/index.ts";
import { createVerifyRoutes } from "./modules/verify/index.ts";
import { createOpenApiRoute } from "./openapi.ts";

/** The header fields that scripts of other origins may set and read. */
const scriptHeaders = {
  requestHeaders: [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Request-ID",
    "traceparent",
    "tracestate",
  ],
  exposedHeaders: [
    "ETag",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
    "traceparent",
  ],
};

/** The whole API over what it stands on. Pure composition: nothing starts here. */
export function createApp(deps: Deps) {
  const { config, db, logger } = deps;
  const app = createRouter<AppEnv>();

  const { trustedProxies, trustedHeader } = config.http;
  const clientAddress = createClientAddress({ trustedProxies, trustedHeader, socketAddress: deps.socketAddress });
  app.use(
    serverSpan({
      telemetry: deps.telemetry,
      clientAddress,
      protocolVersion: (c) => deps.protocolVersion(originalRequest(c)),
      userId: (c) => c.get("principal")?.userId,
    }),
  );
  app.use(
    requestContext({
      newRequestId: deps.ids.uuid,
      onAnswer: [securityHeaders({ https: config.environment === "production" }), requestLogger({ logger })],
    }),
  );
  if (config.http.corsOrigins.length > 0) app.use(crossOrigin({ origins: config.http.corsOrigins, ...scriptHeaders }));
  app.use(
    thrownGuard(
      shedLoad({
        eventLoopDelayMs: deps.eventLoopDelayMs,
        delayMsMax: config.http.eventLoopDelayMsMax,
        exempt: isProbeOrDocs,
      }),
      transportLimits({ bodyBytesMax: config.http.bodyBytesMax }),
      (c) => {
        c.set("deps", deps);
        c.set("db", db);
        c.set("clientAddress", clientAddress(c));
      },
    ),
  );
  app.use(limitTime(config.http.requestTimeoutMs));
  app.use(
    rateLimit({
      policy: { name: "address", limit: config.rateLimit.requests, windowSeconds: config.rateLimit.windowSeconds },
      store: deps.rateLimits,
      key: clientAddress,
      cost: routeCost,
      nowMs: () => deps.clock.now().getTime(),
      onDecision: createDecisionCounter(deps.telemetry.meter),
    }),
  );

  app.route("/", createSystemRoutes(deps));
  app.route("/", createDocsRoutes(deps));
  app.route("/", createOpenApiRoute(app));

  const api = createRouter<AppEnv>();
  api.route("/", createAuthRoutes());
  for (const path of ["/books/*", "/invitations/*"]) api.use(path, authenticate());
  api.route("/", createBookRoutes());
  api.route("/", createAccountRoutes());
  api.route("/", createBalanceRoutes());
  api.route("/", createCommodityRoutes());
  api.route("/", createPriceRoutes());
  api.route("/", createJournalRoutes());
  api.route("/", createPeriodRoutes());
  api.route("/", createReportRoutes());
  api.route("/", createExportRoutes());
  api.route("/", createVerifyRoutes());
  app.route("/api/v1", api);

  const onError = createErrorMapper({ mapUnknown: mapPgError, publicUrl: config.http.publicUrl });
  app.onError(onError);
  app.notFound(createNotFoundHandler(app, onError));
  return app;
}
