import { v7 as uuidV7 } from "uuid";
import { createApp } from "./app.ts";
import { createDatabaseCheck } from "./boot/database-check.ts";
import { mapPgError } from "./db/errors.ts";
import type { Deps } from "./deps.ts";
import { combineObservers, createRequestDb, createStatementMeter, findWallFaults } from "./foundation/db/index.ts";
import { createErrorMapper } from "./foundation/errors/index.ts";
import { createLifecycle } from "./foundation/health/index.ts";
import { requestContext } from "./foundation/http/request-context.ts";
import { requestDeadline } from "./foundation/http/request-deadline.ts";
import { requestLogger } from "./foundation/http/request-logger.ts";
import { createRouter } from "./foundation/http/route-factory.ts";
import { type Logger, setUpLogging } from "./foundation/logging/index.ts";
import { MemoryStore } from "./foundation/rate-limit/index.ts";
import { createDbObserver, setUpTelemetry } from "./foundation/telemetry/index.ts";
import { flushKeyUsage } from "./modules/auth/index.ts";
import { createLedgerMetrics } from "./modules/journal/index.ts";
import { version } from "./version.ts";
import { type Bindings, findAssets, parseBindings } from "./worker/bindings.ts";

/** The part of workerd's execution context that is used. */
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}

type Handler = (request: Request, context: ExecutionContext) => Promise<Response>;

/** One request opens one transaction at a time; Hyperdrive or PgBouncer does the pooling between requests. */
const poolOfOne = { size: 1, maxOverflow: 0 };

/** How long what a request leaves behind may take to arrive at the receiver. */
const telemetryFlushMs = 10_000;

/** The application of this isolate, made by its first request: bindings are not known before. */
let handler: Promise<Handler> | null = null;

/** The edge entry: the same application on workerd, with one database connection a request. */
export default {
  fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    handler ??= createHandler(bindings);
    return handler.then((handle) => handle(request, context));
  },
};

async function createHandler(bindings: Bindings): Promise<Handler> {
  try {
    return await createApiHandler(bindings);
  } catch (error) {
    return createRefusal(error);
  }
}

async function createApiHandler(bindings: Bindings): Promise<Handler> {
  const { config, databaseUrl } = parseBindings(bindings);
  const logging = { level: config.logLevel, debug: config.debug, write };
  const telemetry = await setUpTelemetry({
    ...config.telemetry,
    service: { name: config.telemetry.serviceName, version, environment: config.environment },
    flushOnly: true,
    reporter: setUpLogging(logging),
  });
  const logger = setUpLogging({
    ...logging,
    activeTrace: telemetry.activeTrace,
    moreSinks: telemetry.logSink === null ? [] : [telemetry.logSink],
  });
  const { db, withPool, drained } = createRequestDb({
    ...config.database.pool,
    ...poolOfOne,
    url: databaseUrl,
    applicationName: "footing-edge",
    closeTimeoutMs: config.http.shutdownGraceMs,
    mapError: mapPgError,
    deadline: requestDeadline,
    onBackgroundError: (error, during) => logger.error(`a fault in ${during}`, { error }),
    observer: combineObservers(
      createStatementMeter(),
      telemetry.enabled ? createDbObserver({ ...telemetry, databaseUrl: databaseUrl }) : undefined,
    ),
  });
  const assets = findAssets(bindings);
  // Nothing is started here and nothing drains: a worker that answers is ready.
  const lifecycle = createLifecycle();
  lifecycle.enter("ready");
  const deps: Deps = {
    config,
    db,
    logger,
    checks: [createDatabaseCheck(db)],
    lifecycle,
    rateLimits: new MemoryStore(),
    eventLoopDelayMs: () => 0,
    telemetry,
    metrics: { ledger: createLedgerMetrics(telemetry.meter) },
    clock: { now: () => new Date() },
    ids: { uuid: () => uuidV7() },
    // Cloudflare writes this header over whatever the client sent; elsewhere whatever stands in front has to.
    socketAddress: (request) => request.headers.get("cf-connecting-ip"),
    protocolVersion: findProtocolVersion,
    asset: async (name) => {
      const response = await assets?.fetch(new Request(`https://assets.invalid/${name}`));
      return response?.ok === true ? new Uint8Array(await response.arrayBuffer()) : null;
    },
  };
  const app = createApp(deps);
  let wallChecked = false;

  async function afterResponse(): Promise<void> {
    if (!wallChecked) {
      wallChecked = true;
      await tryTo("the check of the database role", logger, () => warnOfWallFaults(deps));
    }
    await tryTo("writing API key usage", logger, () => flushKeyUsage(deps));
  }

  // All of it is waited for, the answer too: a client that goes away cuts nothing off half-way.
  return (request, context) => {
    const { promise: response, resolve, reject } = Promise.withResolvers<Response>();
    const work = withPool(async () => {
      try {
        resolve(asEncoded(await app.fetch(request)));
      } catch (error) {
        reject(error);
      }
      await drained();
      await afterResponse();
      await telemetry.flush(telemetryFlushMs);
    });
    context.waitUntil(work);
    return response;
  };
}

/** Answers every request with a 500 that has ids and tells nothing; the log has the reason at each of them. */
function createRefusal(reason: unknown): Handler {
  const router = createRouter();
  const logger = setUpLogging({ level: "info", debug: false, write });
  router.use(requestContext({ onAnswer: [requestLogger({ logger })] }));
  router.use(() => {
    throw reason;
  });
  router.onError(createErrorMapper());
  return async (request) => router.fetch(request);
}

async function warnOfWallFaults({ db, logger }: Deps): Promise<void> {
  const faults = await findWallFaults(db, "ledger");
  if (faults.length > 0) logger.warn(`THE WALL BETWEEN BOOKS CAN BE PASSED: ${faults.join("; ")}`);
}

async function tryTo(name: string, logger: Logger, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.error(`${name} failed`, { error });
  }
}

/** What Cloudflare says of the request's connection: `HTTP/2`. */
function findProtocolVersion(request: Request & { readonly cf?: { readonly httpProtocol?: string } }): string | null {
  return request.cf?.httpProtocol?.replace(/^HTTP\//, "") ?? null;
}

/** workerd would compress a body by its Content-Encoding; whatever of ours has that header is compressed already. */
function asEncoded(response: Response): Response {
  if (!response.headers.has("content-encoding")) return response;
  const { body, status, headers } = response;
  const init: ResponseInit & { encodeBody: "manual" } = { status, headers, encodeBody: "manual" };
  return new Response(body, init);
}

/** workerd has no other way to write a line. */
function write(line: string): void {
  // biome-ignore lint/suspicious/noConsole: the one place of the edge that writes.
  console.log(line);
}
