import type { Lifecycle } from "../foundation/health/index.ts";
import type { Logger } from "../foundation/logging/index.ts";
import type { Telemetry } from "../foundation/telemetry/index.ts";

const oneCtrlCMs = 500;
/** How long the last lines may take to leave, once everything else is closed, and the last telemetry before them. */
const logFlushMs = 2_000;
const telemetryShutdownMs = 5_000;

/** How a process ends. */
export interface Shutdown {
  /** Has something closed on the way out, last opened first. */
  closeAtEnd(name: string, close: () => Promise<unknown>): void;
  /**
   * Closes everything and ends the process. Another call ends it at once, unless it comes with the first: of one Ctrl-C
   * the terminal and `bun run` both send a signal.
   */
  stop(exitCode: number): Promise<void>;
}

export interface ShutdownOptions {
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** The shutdown of this process, begun by signals and by whatever nobody caught. */
export function createShutdown({ lifecycle, logger, telemetry }: ShutdownOptions): Shutdown {
  const closers: { readonly name: string; readonly close: () => Promise<unknown> }[] = [];
  let stoppingSince: number | null = null;

  async function stop(exitCode: number): Promise<void> {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince < oneCtrlCMs) return;
      process.exit(1);
    }
    stoppingSince = performance.now();
    lifecycle.enter("draining");
    let code = exitCode;
    for (const { name, close } of closers.toReversed()) {
      await close().catch((error: unknown) => {
        logger.error(`the ${name} did not close`, { error });
        code = 1;
      });
    }
    logger.info("Footing has stopped");
    await telemetry.shutdown(telemetryShutdownMs);
    await logger.flush(logFlushMs);
    process.exit(code);
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal(event, { error });
      void stop(1);
    });
  }
  return { closeAtEnd: (name, close) => void closers.push({ name, close }), stop };
}
