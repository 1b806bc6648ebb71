import { readFile } from "node:fs/promises";
import { v7 as uuidV7 } from "uuid";
import { createApp } from "../app.ts";
import type { Config } from "../config.ts";
import { mapPgError } from "../db/errors.ts";
import { migrateFooting } from "../db/migrate.ts";
import type { Deps } from "../deps.ts";
import { combineObservers, createDb, createStatementMeter, type Db, findWallFaults } from "../foundation/db/index.ts";
import { openTcpSocket } from "../foundation/db/tcp-socket.ts";
import type { Lifecycle } from "../foundation/health/index.ts";
import { withAbsoluteUrl } from "../foundation/http/absolute-request.ts";
import { watchEventLoopDelay } from "../foundation/http/event-loop-delay.ts";
import { requestDeadline } from "../foundation/http/request-deadline.ts";
import type { Logger } from "../foundation/logging/index.ts";
import { FailoverStore, MemoryStore, type RateLimitStore, RedisStore } from "../foundation/rate-limit/index.ts";
import {
  createDbObserver,
  observePool,
  poolNameOf,
  startRuntimeInstruments,
  type Telemetry,
} from "../foundation/telemetry/index.ts";
import { flushKeyUsage } from "../modules/auth/index.ts";
import { createLedgerMetrics } from "../modules/journal/index.ts";
import { createChecks } from "./create-checks.ts";
import type { ProcessRuntime } from "./process-runtime.ts";
import type { Shutdown } from "./shutdown.ts";

/** The server's own limit on header fields, above the app's: what the server refuses gets an answer without body and ids. */
const serverHeaderBytesMax = 64 * 1024;
/**
 * How much longer than a request may take a connection may lie still: for the COMMIT that is waited for, as Bun's clock ticks in
 * four seconds. It ends uploads as well, however they trickle.
 */
const idleMarginSeconds = 15;
const keyUsageIntervalMs = 10_000;

export interface ServeOptions {
  readonly runtime: ProcessRuntime;
  readonly config: Config;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly lifecycle: Lifecycle;
  readonly shutdown: Shutdown;
}

/**
 * Database, migrations, checks, then connections; each step leaves word with `shutdown` of what it opened.
 * @throws whatever keeps the API from serving.
 */
export async function serveApp(options: ServeOptions): Promise<void> {
  const { runtime, config, logger, telemetry, lifecycle, shutdown } = options;
  const { apiUrl, migrationUrl } = await findDatabase(options);
  await migrateFooting({ apiUrl, migrationUrl, log: (line) => logger.info(line) });
  const db = createDb({
    ...config.database.pool,
    url: apiUrl,
    openSocket: openTcpSocket,
    applicationName: "footing",
    mapError: mapPgError,
    onBackgroundError: (error, during) => logger.error(`a fault in ${during}`, { error }),
    deadline: requestDeadline,
    observer: combineObservers(
      createStatementMeter(),
      telemetry.enabled ? createDbObserver({ ...telemetry, databaseUrl: apiUrl }) : undefined,
    ),
  });
  shutdown.closeAtEnd("database pool", () => db.close(config.http.shutdownGraceMs));
  if (telemetry.enabled) startGauges(options, db, apiUrl);
  warnOfWallFaults(logger, await findWallFaults(db, "ledger"));
  const eventLoopDelay = watchEventLoopDelay();
  shutdown.closeAtEnd("event loop's watch", async () => eventLoopDelay.stop());
  /** Asked by the request that the app got. */
  const peers = new WeakMap<Request, () => string | null>();
  const deps: Deps = {
    config,
    db,
    logger,
    telemetry,
    metrics: { ledger: createLedgerMetrics(telemetry.meter) },
    clock: { now: () => new Date() },
    ids: { uuid: () => uuidV7() },
    checks: createChecks(config, db, runtime.probes),
    lifecycle,
    rateLimits: openRateLimits(options),
    eventLoopDelayMs: eventLoopDelay.currentMs,
    socketAddress: (request) => peers.get(request)?.() ?? null,
    protocolVersion: () => runtime.httpVersion,
    asset: (name) => readFile(new URL(`../../assets/scalar/${name}`, import.meta.url)),
  };
  const usage = flushEvery(keyUsageIntervalMs, () => flushKeyUsage(deps), logger);
  shutdown.closeAtEnd("API key usage", usage.stop);
  const app = createApp(deps);
  const server = await runtime.listen({
    hostname: config.http.host,
    port: config.http.port,
    headerBytesMax: serverHeaderBytesMax,
    idleSeconds: Math.ceil(config.http.requestTimeoutMs / 1000) + idleMarginSeconds,
    serve: (request, peerAddress) => {
      const absolute = withAbsoluteUrl(request);
      peers.set(absolute, peerAddress);
      return app.fetch(absolute);
    },
    onFault: (error) => logger.error("the HTTP server failed", { error }),
  });
  shutdown.closeAtEnd("HTTP server", () => server.close(config.http.shutdownGraceMs));
  lifecycle.enter("ready");
  logger.info(`Footing is listening on ${server.url.href}`, { docs: new URL("/docs", server.url).href });
}

/** The configured database, or one of our own where none is. */
async function findDatabase(options: ServeOptions): Promise<{ apiUrl: string; migrationUrl: string }> {
  const { runtime, logger, shutdown } = options;
  const { url, migrationUrl } = options.config.database;
  if (url !== undefined) return { apiUrl: url, migrationUrl: migrationUrl ?? url };
  if (runtime.embedded === null) throw new TypeError(`a configuration for ${runtime.name} always names a database`);
  const embedded = await runtime.embedded.start({ directory: ".footing", log: (line) => logger.info(line) });
  shutdown.closeAtEnd("embedded PostgreSQL", embedded.stop);
  return { apiUrl: embedded.apiUrl, migrationUrl: embedded.ownerUrl };
}

/** Redis is reached with the first request: no start depends on it. */
function openRateLimits({ runtime, config, logger, shutdown }: ServeOptions): RateLimitStore {
  const { redisUrl, onStoreFailure } = config.rateLimit;
  if (redisUrl === undefined) return new MemoryStore();
  if (runtime.openRedisLink === null) throw new TypeError(`a configuration for ${runtime.name} never names a Redis`);
  const link = runtime.openRedisLink(redisUrl);
  shutdown.closeAtEnd("link to Redis", async () => link.close());
  const shared = new RedisStore(link, { prefix: "footing:rate-limit:" });
  return new FailoverStore({ shared, onFailure: onStoreFailure, logger });
}

/** What is measured of the process as long as it runs. */
function startGauges({ telemetry, shutdown }: ServeOptions, db: Db, databaseUrl: string): void {
  const endPool = observePool(telemetry.meter, { name: poolNameOf(databaseUrl), stats: db.stats });
  const endRuntime = startRuntimeInstruments(telemetry.meter, { memoryUsage: () => process.memoryUsage() });
  shutdown.closeAtEnd("gauges", async () => {
    endPool();
    endRuntime();
  });
}

function warnOfWallFaults(logger: Logger, faults: readonly string[]): void {
  if (faults.length === 0) return;
  logger.warn(`THE WALL BETWEEN BOOKS CAN BE PASSED: ${faults.join("; ")}. These two lines mend it:`);
  logger.warn("  SQL: CREATE ROLE footing_api LOGIN PASSWORD '…' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;");
  logger.warn("  environment: DATABASE_URL as footing_api, DATABASE_MIGRATION_URL as the present role (the owner)");
}

/** Runs a task again and again, one at a time, and once more when stopped. */
function flushEvery(intervalMs: number, task: () => Promise<void>, logger: Logger): { stop: () => Promise<void> } {
  const run = () => task().catch((error: unknown) => logger.error("API key usage was not written", { error }));
  const timer = setInterval(() => void run(), intervalMs);
  return {
    stop: () => {
      clearInterval(timer);
      return run();
    },
  };
}
