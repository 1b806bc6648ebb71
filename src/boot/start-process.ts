import { describeEnvironment, describeSecrets } from "../config/describe-environment.ts";
import { type Config, ConfigError, parseConfig } from "../config.ts";
import { createDb } from "../foundation/db/index.ts";
import { openTcpSocket } from "../foundation/db/tcp-socket.ts";
import { createLifecycle } from "../foundation/health/index.ts";
import { type Logger, setUpLogging } from "../foundation/logging/index.ts";
import { createProcessOutput } from "../foundation/logging/process-logging.ts";
import { setUpTelemetry, type Telemetry } from "../foundation/telemetry/index.ts";
import { createSpanFileExporter } from "../foundation/telemetry/span-file.ts";
import { onNpxEnd } from "../npx-watch.ts";
import { version } from "../version.ts";
import { createChecks } from "./create-checks.ts";
import { explainDatabaseError } from "./explain-database-error.ts";
import type { ProcessRuntime } from "./process-runtime.ts";
import { type CheckMode, parseArguments, runCheckMode } from "./run-check-mode.ts";
import { serveApp } from "./serve-app.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";

/**
 * Runs the API as this process, on any runtime that has processes: configuration, logging, telemetry, signals, then
 * {@link serveApp}. With `--check` it checks the installation instead and ends. It resolves when
 * the API serves; where the start fails, it says why, closes what was opened and ends the process.
 */
export async function startProcess(runtime: ProcessRuntime): Promise<void> {
  const checkMode = readCheckMode();
  const config = readConfig(runtime);
  if (checkMode !== null) process.exit((await checkInstallation(config, checkMode, runtime)) ? 0 : 1);
  let shutdown: Shutdown | null = null;
  const { logger, telemetry } = await setUpReporting(config, () => {
    if (shutdown === null) process.exit(1);
    void shutdown.stop(1);
  });
  const lifecycle = createLifecycle();
  shutdown = createShutdown({ lifecycle, logger, telemetry });
  const { stop } = shutdown;
  onNpxEnd(() => void stop(0));
  if (config.debug) logger.info(describeSecrets(process.env), describeEnvironment(process.env));
  try {
    await serveApp({ runtime, config, logger, telemetry, lifecycle, shutdown });
  } catch (error) {
    tellFailure(error, { runtime, config, logger });
    await stop(1);
  }
}

/** The logger and the telemetry of the process. `onOutputGone`: whoever read the log has gone; there is nobody left to write it to. */
async function setUpReporting(
  config: Config,
  onOutputGone: () => void,
): Promise<{ readonly logger: Logger; readonly telemetry: Telemetry }> {
  const logging = {
    level: config.logLevel,
    debug: config.debug,
    ...createProcessOutput({ debug: config.debug, onFailure: onOutputGone }),
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
  const logger = setUpLogging({
    ...logging,
    activeTrace: telemetry.activeTrace,
    moreSinks: telemetry.logSink === null ? [] : [telemetry.logSink],
  });
  return { logger, telemetry };
}

/** What an operator can mend is said in words, everything else is logged with its stack. */
function tellFailure(
  error: unknown,
  { runtime, config, logger }: { runtime: ProcessRuntime; config: Config; logger: Logger },
): void {
  const words = explain(error, config, runtime);
  if (words === null) logger.fatal("the API did not start", { error });
  else process.stderr.write(`${words}\n`);
}

function explain(error: unknown, { database, http }: Config, { embedded }: ProcessRuntime): string | null {
  const ofDatabase = database.url === undefined ? null : explainDatabaseError(error, database.url);
  if (ofDatabase !== null) return `The API did not start.\n${ofDatabase}`;
  if (!(error instanceof Error)) return null;
  if (embedded !== null && error instanceof embedded.Fault) return error.message;
  if (!("code" in error) || error.code !== "EADDRINUSE") return null;
  return `The API did not start.\nPORT: ${http.host}:${http.port} is taken. Stop what listens there, or choose another port.`;
}

function readCheckMode(): CheckMode | null {
  const args = parseArguments(process.argv.slice(2));
  if (!("fault" in args)) return args.checkMode;
  process.stderr.write(`${args.fault}\n`);
  return process.exit(2);
}

function readConfig({ name }: ProcessRuntime): Config {
  try {
    return parseConfig(process.env, name);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}

/** Starts nothing: an embedded database is checked by starting the API. */
async function checkInstallation(config: Config, mode: CheckMode, { probes }: ProcessRuntime): Promise<boolean> {
  const { url, pool } = config.database;
  const asked = { url: url ?? "", openSocket: openTcpSocket, applicationName: "footing-check" };
  const db = createDb({ ...pool, ...asked, mapError: () => null, onBackgroundError: () => undefined });
  try {
    const checks = createChecks(config, url === undefined ? null : db, probes);
    return await runCheckMode(mode, checks, (line) => process.stdout.write(`${line}\n`));
  } finally {
    await db.close(0);
  }
}
