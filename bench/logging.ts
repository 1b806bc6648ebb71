// What a line costs: Footing's logger against pino and LogTape, each in a process of its own, with the same ten fields to
// a real pipe and to a file. Ratios of CPU time, as times of one machine say nothing of another.
// Run: bun bench/logging.ts [rounds] [lines]
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const rounds = Number(process.argv[2] ?? 7);
const lines = Number(process.argv[3] ?? 200_000);
const writer = fileURLToPath(new URL("./logging-writer.ts", import.meta.url));
const path = join(tmpdir(), `footing-bench-${process.pid}.log`);
const loggers = ["footing", "pino", "pino-buffered", "logtape", "nothing"] as const;
const scenarios = ["own", "bound"] as const;
const targets = ["file", "pipe"] as const;

type Target = (typeof targets)[number];

/** Runs one process into a file or into `wc`; gives its CPU time a line in microseconds, as the system counted it. */
async function measure(logger: string, scenario: string, target: Target): Promise<number> {
  const command = `"$0" "$1" "$2" "$3" "$4" ${target === "file" ? '> "$5"; wc -l < "$5"' : "| wc -l"}`;
  const args = [process.execPath, writer, logger, scenario, String(lines), path];
  const shell = spawn("sh", ["-c", command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [written = Number.NaN, cpuUs = Number.NaN] = (
    await Promise.all([textOf(shell.stdout), textOf(shell.stderr)])
  ).map(Number);
  const expected = logger === "nothing" ? 0 : lines;
  if (!(cpuUs > 0) || written !== expected) {
    throw new Error(`${logger} wrote ${written} of ${expected} lines, for ${cpuUs} µs`);
  }
  return cpuUs / lines;
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

for (const scenario of scenarios) {
  for (const target of targets) {
    const costs = new Map(loggers.map((logger) => [logger, [] as number[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const logger of loggers) costs.get(logger)?.push(await measure(logger, scenario, target));
    }
    const base = median(costs.get("nothing") ?? []);
    const pino = median(costs.get("pino") ?? []) - base;
    console.log(
      `\n${scenario === "own" ? "ten fields of the line's own" : "six bound, four of its own"}, to a ${target}:`,
    );
    for (const logger of loggers.slice(0, -1)) {
      const cost = median(costs.get(logger) ?? []) - base;
      console.log(`  ${logger.padEnd(14)} ${cost.toFixed(2)} µs of CPU a line, ${(cost / pino).toFixed(2)} of pino's`);
    }
  }
}
rmSync(path, { force: true });
