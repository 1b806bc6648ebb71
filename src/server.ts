import http from "node:http";
import { fileURLToPath } from "node:url";
import type { Server } from "bun";
import { v7 as uuidV7 } from "uuid";
import { createApp } from "./app.ts";
import { bunProbes } from "./boot/bun-probes.ts";
import { createChecks } from "./boot/create-checks.ts";
import { explainDatabaseError } from "./boot/explain-database-error.ts";
import { type CheckMode, parseArguments, runCheckMode } from "./boot/run-check-mode.ts";
import { describeEnvironment, describeSecrets } from "./config/describe-environment.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { mapPgError } from "./db/errors.ts";
import { migrateFooting } from "./db/migrate.ts";
import type { Deps } from "./deps.ts";
import { EmbeddedDatabaseError, startEmbedded } from "./foundation/db/embedded/index.ts";
import { combineObservers, createDb, createStatementMeter, type Db, findWallFaults } from "./foundation/db/index.ts";
import { openTcpSocket } from "./foundation/db/tcp-socket.ts";
import { createLifecycle } from "./foundation/health/index.ts";
import { withAbsoluteUrl } from "./foundation/http/absolute-request.ts";
import { watchEventLoopDelay } from "./foundation/http/event-loop-delay.ts";
import { requestDeadline } from "./foundation/http/request-deadline.ts";
import { type Logger, setUpLogging } from "./foundation/logging/index.ts";
import { createProcessOutput } from "./foundation/logging/process-logging.ts";
import { createBunRedisLink } from "./foundation/rate-limit/bun-redis-link.ts";
import { FailoverStore, MemoryStore, type RateLimitStore, RedisStore } from "./foundation/rate-limit/index.ts";
import {
  createDbObserver,
  observePool,
  poolNameOf,
  setUpTelemetry,
  startRuntimeInstruments,
} from "./foundation/telemetry/index.ts";
import { createSpanFileExporter } from "./foundation/telemetry/span-file.ts";
import { flushKeyUsage } from "./modules/auth/index.ts";
import { createLedgerMetrics } from "./modules/journal/index.ts";
import { onNpxEnd } from "./npx-watch.ts";
import { version } from "./version.ts";

/** Bun's own limit on header fields, above the app's: what Bun refuses gets an answer without body and ids. */
const bunHeaderBytesMax = 64 * 1024;
/** The longest that Bun lets a connection be silent. */
const bunIdleSecondsMax = 255;
const keyUsageIntervalMs = 10_000;
const oneCtrlCMs = 500;
/** How long the last lines may take to leave, once everything else is closed, and the last telemetry before them. */
const logFlushMs = 2_000;
const telemetryShutdownMs = 5_000;

/** What is closed on the way out, last opened first. */
interface Closer {
  readonly name: string;
  readonly close: () => Promise<unknown>;
}

const closers: Closer[] = [];
let stoppingSince: number | null = null;
const checkMode = readCheckMode();
const config = readConfig();
if (checkMode !== null) process.exit((await checkInstallation(config, checkMode)) ? 0 : 1);
const lifecycle = createLifecycle();
const logging = {
  level: config.logLevel,
  debug: config.debug,
  ...createProcessOutput({
    debug: config.debug,
    // Whoever read the log has gone: there is nobody left to write it to.
    onFailure: () => void stop(1),
  }),
};
// What becomes of the export is not exported.
const reporter = setUpLogging(logging);
const { spanFile } = config.telemetry;
const telemetry = await setUpTelemetry({
  ...config.telemetry,
  ...(spanFile === null ? {} : { spanExporter: await createSpanFileExporter({ ...spanFile, reporter }) }),
  service: { name: config.telemetry.serviceName, version, environment: config.environment },
  reporter,
});
const logger: Logger = setUpLogging({
  ...logging,
  activeTrace: telemetry.activeTrace,
  moreSinks: telemetry.logSink === null ? [] : [telemetry.logSink],
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    logger.fatal(event, { error });
    void stop(1);
  });
}
onNpxEnd(() => void stop(0));
start(config).catch((error: unknown) => {
  const explained = config.database.url === undefined ? null : explainDatabaseError(error, config.database.url);
  if (explained !== null) process.stderr.write(`The API did not start.\n${explained}\n`);
  else if (isForTheOperator(error)) process.stderr.write(`${error.message}\n`);
  else logger.fatal("the API did not start", { error });
  void stop(1);
});

async function start(config: Config): Promise<void> {
  if (config.debug) logger.info(describeSecrets(process.env), describeEnvironment(process.env));
  const { apiUrl, migrationUrl } = await findDatabase(config);
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
  closers.push({ name: "database pool", close: () => db.close(config.http.shutdownGraceMs) });
  if (telemetry.enabled) startGauges(db, apiUrl);
  warnOfWallFaults(await findWallFaults(db, "ledger"));
  const eventLoopDelay = watchEventLoopDelay();
  closers.push({ name: "event loop's watch", close: async () => eventLoopDelay.stop() });
  let server: Server<undefined> | null = null;
  /** Bun knows the peer of the very request that it handed over. */
  const received = new WeakMap<Request, Request>();
  const deps: Deps = {
    config,
    db,
    logger,
    telemetry,
    metrics: { ledger: createLedgerMetrics(telemetry.meter) },
    clock: { now: () => new Date() },
    ids: { uuid: () => uuidV7() },
    checks: createChecks(config, db, bunProbes),
    lifecycle,
    rateLimits: openRateLimits(config),
    eventLoopDelayMs: eventLoopDelay.currentMs,
    socketAddress: (request) => server?.requestIP(received.get(request) ?? request)?.address ?? null,
    // The one that Bun serves.
    protocolVersion: () => "1.1",
    asset: (name) => Bun.file(fileURLToPath(new URL(`../assets/scalar/${name}`, import.meta.url))).bytes(),
  };
  const usage = flushEvery(keyUsageIntervalMs, () => flushKeyUsage(deps));
  closers.push({ name: "API key usage", close: usage.stop });
  const app = createApp(deps);
  // Bun reads it when it starts to serve; the types say that Node would not.
  Reflect.set(http, "maxHeaderSize", bunHeaderBytesMax);
  server = Bun.serve({
    hostname: config.http.host,
    port: config.http.port,
    development: false,
    // The app counts bodies itself and answers with ids; Bun's own refusal has neither.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: idleSecondsOf(config),
    fetch: (request) => {
      const absolute = withAbsoluteUrl(request);
      received.set(absolute, request);
      return app.fetch(absolute);
    },
    error: (error) => {
      logger.error("the HTTP server failed", { error });
      return new Response(null, { status: 500 });
    },
  });
  closers.push({ name: "HTTP server", close: () => drain(server, config.http.shutdownGraceMs) });
  lifecycle.enter("ready");
  logger.info(`Footing is listening on ${server.url.href}`, { docs: new URL("/docs", server.url).href });
}

/** Redis is reached with the first request, and the start does not depend on it. */
function openRateLimits({ rateLimit }: Config): RateLimitStore {
  if (rateLimit.redisUrl === undefined) return new MemoryStore();
  const link = createBunRedisLink({ url: rateLimit.redisUrl });
  closers.push({ name: "link to Redis", close: async () => link.close() });
  const shared = new RedisStore(link, { prefix: "footing:rate-limit:" });
  return new FailoverStore({ shared, onFailure: rateLimit.onStoreFailure, logger });
}

/** What is measured of the process as long as it runs. */
function startGauges(db: Db, databaseUrl: string): void {
  const endPool = observePool(telemetry.meter, { name: poolNameOf(databaseUrl), stats: db.stats });
  const endRuntime = startRuntimeInstruments(telemetry.meter, { memoryUsage: () => process.memoryUsage() });
  closers.push({
    name: "gauges",
    close: async () => {
      endPool();
      endRuntime();
    },
  });
}

/** Its message alone says what is wrong and what to do. */
function isForTheOperator(error: unknown): error is Error {
  return (
    error instanceof EmbeddedDatabaseError || (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
  );
}

/** Longer than a request may wait for a connection and two statements, so that its own timeouts are what is answered. */
function idleSecondsOf({ database: { pool } }: Config): number {
  return Math.min(bunIdleSecondsMax, Math.ceil((pool.acquireTimeoutMs + 2 * pool.statementTimeoutMs) / 1000) + 5);
}

function readCheckMode(): CheckMode | null {
  const args = parseArguments(process.argv.slice(2));
  if (!("fault" in args)) return args.checkMode;
  process.stderr.write(`${args.fault}\n`);
  return process.exit(2);
}

/** Starts nothing: an embedded database is checked by starting the API. */
async function checkInstallation(config: Config, mode: CheckMode): Promise<boolean> {
  const { url, pool } = config.database;
  const asked = { url: url ?? "", openSocket: openTcpSocket, applicationName: "footing-check" };
  const db = createDb({ ...pool, ...asked, mapError: () => null, onBackgroundError: () => undefined });
  try {
    const checks = createChecks(config, url === undefined ? null : db, bunProbes);
    return await runCheckMode(mode, checks, (line) => process.stdout.write(`${line}\n`));
  } finally {
    await db.close(0);
  }
}

function readConfig(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}

/** The configured database, or one of our own where none is. */
async function findDatabase({ database }: Config): Promise<{ apiUrl: string; migrationUrl: string }> {
  if (database.url !== undefined) return { apiUrl: database.url, migrationUrl: database.migrationUrl ?? database.url };
  const embedded = await startEmbedded({ directory: ".footing", log: (line) => logger.info(line) });
  closers.push({ name: "embedded PostgreSQL", close: embedded.stop });
  return { apiUrl: embedded.apiUrl, migrationUrl: embedded.ownerUrl };
}

function warnOfWallFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  logger.warn(`THE WALL BETWEEN BOOKS CAN BE PASSED: ${faults.join("; ")}. These two lines mend it:`);
  logger.warn("  SQL: CREATE ROLE footing_api LOGIN PASSWORD '…' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;");
  logger.warn("  environment: DATABASE_URL as footing_api, DATABASE_MIGRATION_URL as the present role (the owner)");
}

/** Runs a task again and again, one at a time, and once more when stopped. */
function flushEvery(intervalMs: number, task: () => Promise<void>): { stop: () => Promise<void> } {
  const run = () => task().catch((error: unknown) => logger.error("API key usage was not written", { error }));
  const timer = setInterval(() => void run(), intervalMs);
  return {
    stop: () => {
      clearInterval(timer);
      return run();
    },
  };
}

/** Takes no new connections, lets requests under way finish for a while, then cuts them. */
async function drain(server: Server<undefined>, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => void server.stop(true), timeoutMs);
  await server.stop();
  clearTimeout(timer);
}

/**
 * Closes everything and ends the process. Another signal ends it at once, unless it comes with the first: of one Ctrl-C
 * the terminal and `bun run` both send one.
 */
async function stop(exitCode: number): Promise<void> {
  if (stoppingSince !== null) {
    if (performance.now() - stoppingSince < oneCtrlCMs) return;
    process.exit(1);
  }
  stoppingSince = performance.now();
  lifecycle.enter("draining");
  for (const { name, close } of closers.toReversed()) {
    await close().catch((error: unknown) => {
      logger.error(`the ${name} did not close`, { error });
      exitCode = 1;
    });
  }
  logger.info("Footing has stopped");
  await telemetry.shutdown(telemetryShutdownMs);
  await logger.flush(logFlushMs);
  process.exit(exitCode);
}
