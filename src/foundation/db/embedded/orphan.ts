import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { platform } from "node:os";
import { basename, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { type RunAs, run } from "./run-as.ts";

/** What `postmaster.pid` says. */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Null where the cluster is not running and was stopped in order. */
export async function findPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === "ready" } : null;
}

/**
 * Stops the PostgreSQL that a killed process left running over these data, in order, so that nothing is lost and
 * everything begins from one known state. The caller holds the directory's lock: whatever runs here has no master.
 *
 * @throws {EmbeddedDatabaseError} where it cannot be told whose the process is, or it does not stop.
 */
export async function endOrphan(binaries: Binaries, data: string, log: (line: string) => void): Promise<void> {
  const file = await findPostmasterFile(data);
  if (file === null || !isAlive(file.pid)) return;
  const { pid } = file;
  const verdict = await judge(pid, data, binaries.runAs);
  if (verdict === "unclear") {
    throw new EmbeddedDatabaseError(
      `process ${pid} is a PostgreSQL, and it cannot be told whether it runs on ${data}: stop it, or, if it is another's, remove ${join(data, "postmaster.pid")}`,
    );
  }
  if (verdict === "stranger") {
    // PostgreSQL takes any living process of that id for its predecessor, except its own parent. It still needs the
    // rest of the file to find what a killed postmaster left in shared memory, so the file stays.
    const text = await readFile(join(data, "postmaster.pid"), "utf8");
    await writeFile(join(data, "postmaster.pid"), text.replace(/^\d+/, String(process.pid)));
    return;
  }
  await stopCluster(binaries, data);
  log(`stopped the PostgreSQL (process ${pid}) that a killed process had left running`);
}

/**
 * A fast shutdown: sessions are ended, everything is written. Returns when it is over.
 *
 * @throws {EmbeddedDatabaseError} where it cannot be stopped at all.
 */
export async function stopCluster({ pgCtl, runAs }: Binaries, data: string): Promise<void> {
  const faults: string[] = [];
  for (const mode of ["fast", "immediate"]) {
    const { code, stderr } = await run(pgCtl, ["stop", "-D", data, "-m", mode, "-w", "-t", "60"], runAs);
    if (code === 0 || (await findPostmasterFile(data)) === null) return;
    faults.push(stderr.trim());
  }
  throw new EmbeddedDatabaseError(`the PostgreSQL on ${data} does not stop: ${faults.join("; ")}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a living process is the postmaster of these data, or got its id later. */
async function judge(pid: number, data: string, runAs: RunAs | null): Promise<"postmaster" | "stranger" | "unclear"> {
  // There, pg_ctl asks over a pipe that only a postmaster has.
  if (platform() === "win32") return "postmaster";
  const command = await commandOf(pid);
  const program = basename(command[0] ?? "").replace(/:$/, "");
  if (program !== "postgres") return "stranger";
  if (command.join(" ").includes(`-D ${data} `)) return "postmaster";
  // Only the data directory is a postmaster's working directory; it follows the directory when that is moved. In a
  // container even root is not told this of another user's process, so its own user asks.
  const cwd = await run("readlink", [`/proc/${pid}/cwd`], runAs);
  if (cwd.code !== 0) return "unclear";
  return cwd.stdout.trim() === data ? "postmaster" : "stranger";
}

/** The words of a process's command line; none where it is gone or a zombie. */
async function commandOf(pid: number): Promise<readonly string[]> {
  if (platform() === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  }
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).split(" ");
  } catch {
    return [];
  }
}
