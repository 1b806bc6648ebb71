/** A process that logs so many lines and then ends in the way that it is told. */
import { setUpProcessLogging } from "../../../../src/foundation/logging/process-logging.ts";

const [, , ending = "", count = "0", bytesMax = "8388608"] = process.argv;
const logger = setUpProcessLogging({
  level: "info",
  debug: ending === "people",
  bytesMax: Number(bytesMax),
  onFailure: (error) => {
    process.stderr.write(`failed: ${error instanceof Error ? error.message : error}\n`);
    process.exit(3);
  },
});

async function end(code: number): Promise<void> {
  logger.info("the end");
  await logger.flush(2_000);
  process.exit(code);
}

function write(): void {
  for (let index = 0; index < Number(count); index += 1) logger.info("line", { index, filler: "x".repeat(80) });
}

function writeAll(): void {
  write();
  logger.info("the end");
}

const endings: Readonly<Record<string, () => void>> = {
  people: writeAll,
  natural: writeAll,
  exit: () => {
    writeAll();
    process.exit(0);
  },
  caught: () => {
    process.on("uncaughtException", (error) => {
      logger.fatal("uncaughtException", { error });
      void end(1);
    });
    write();
    throw new Error("the handler catches this");
  },
  signal: () => {
    process.on("SIGTERM", () => {
      write();
      void end(0);
    });
    setInterval(() => undefined, 1_000);
    process.stderr.write("ready\n");
  },
  /** Its reader has stopped: ticks tell that nobody waits for it. */
  stalled: () => {
    write();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
      if (ticks === 20) process.stderr.write("still alive\n");
    }, 5);
    process.on("SIGTERM", () => {
      clearInterval(timer);
      void end(0);
    });
  },
};

endings[ending]?.();
