import { type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What the stand-in for the API said first. */
export interface HolderReport {
  readonly ownerUrl: string;
  readonly apiUrl: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly lines: readonly string[];
  /** Why it did not start. */
  readonly refused?: string;
}

export interface Holder {
  readonly pid: number;
  readonly report: HolderReport;
  /** Resolves with its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string>;
  readonly exited: Promise<number | string>;
}

/**
 * Runs an embedded database in a process of its own, as another user if one is given.
 * @throws when that process ends without a report, with what it said.
 */
export async function startHolder(
  directory: string,
  options: SpawnOptions & { shared?: string } = {},
): Promise<Holder> {
  const { shared, ...spawnOptions } = options;
  const script = fileURLToPath(new URL("./embedded-holder.ts", import.meta.url));
  const child = spawn(process.execPath, [script, directory, ...(shared === undefined ? [] : [shared])], {
    ...spawnOptions,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error("the process did not start");
  let said = "";
  stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = new Promise<number | string>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: stdout }).once("line", resolve)),
    exited.then(() => Bun.sleep(100)),
  ]);
  if (line === undefined) throw new Error(`the process ended without a report: ${said}`);
  return {
    pid,
    report: JSON.parse(line) as HolderReport,
    exited,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
