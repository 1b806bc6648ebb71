// Footing's chain, whole: the application itself, with the route of the bench for another.
import { createApp } from "../../src/app.ts";
import { parseConfig } from "../../src/config.ts";
import { createDb } from "../../src/foundation/db/index.ts";
import { createLifecycle } from "../../src/foundation/health/index.ts";
import { setUpLogging } from "../../src/foundation/logging/index.ts";
import { createProcessOutput } from "../../src/foundation/logging/process-logging.ts";
import { MemoryStore } from "../../src/foundation/rate-limit/index.ts";
import { setUpTelemetry } from "../../src/foundation/telemetry/index.ts";
import { createLedgerMetrics } from "../../src/modules/journal/index.ts";
import { benchBody, benchPath, serve } from "./serve.ts";

const config = parseConfig({
  ...process.env,
  SECRET_KEY: "a-secret-key-of-the-bench-of-at-least-32-bytes",
  API_RATE_LIMIT_REQUESTS: "1000000000",
  TRUSTED_PROXIES: "127.0.0.1",
});
const output = { level: config.logLevel, debug: config.debug, ...createProcessOutput({ debug: config.debug }) };
const telemetry = await setUpTelemetry({
  ...config.telemetry,
  service: { name: "footing", version: "1.0.0", environment: config.environment },
  reporter: setUpLogging(output),
});
const logger = setUpLogging({
  ...output,
  activeTrace: telemetry.activeTrace,
  moreSinks: telemetry.logSink === null ? [] : [telemetry.logSink],
});
const app = createApp({
  config,
  // Never connected: the route asks for nothing.
  db: createDb({
    ...config.database.pool,
    url: "postgres://nobody@127.0.0.1:1/none",
    applicationName: "bench",
    mapError: () => null,
    onBackgroundError: () => undefined,
  }),
  logger,
  telemetry,
  metrics: { ledger: createLedgerMetrics(telemetry.meter) },
  clock: { now: () => new Date() },
  ids: { uuid: () => crypto.randomUUID() },
  checks: [],
  lifecycle: createLifecycle(),
  rateLimits: new MemoryStore(),
  eventLoopDelayMs: () => 0,
  socketAddress: () => "127.0.0.1",
  protocolVersion: () => "1.1",
  asset: async () => null,
});
app.get(benchPath, (c) => c.json(benchBody(c.req.param("id"))));

serve(app, async () => {
  await telemetry.flush(5_000);
  await logger.flush(5_000);
});
