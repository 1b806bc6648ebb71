import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Binaries } from "./binaries.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { endOrphan, findPostmasterFile, stopCluster } from "./orphan.ts";
import { childEnvironment } from "./run-as.ts";

/** Replaying what a crash left takes as long as there is of it. */
const startTimeoutMs = 10 * 60_000;
const attemptsMax = 20;

/** On every start, over what the data directory's own files say; a caller's settings go over these. */
const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // Loopback with passwords is enough; a socket would bring a path of at most 107 bytes and its own permissions.
  unix_socket_directories: "",
  timezone: "UTC",
  log_timezone: "UTC",
  // Failed statements reach the caller, who logs them without their values: here they would fill the disk with both.
  log_min_messages: "log",
  log_checkpoints: "off",
};

export interface Postmaster {
  readonly port: number;
  /** A fast shutdown, complete when this resolves. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly data: string;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** What PostgreSQL itself logs, of this run alone. */
  readonly logFile: string;
  readonly log: (line: string) => void;
}

/**
 * Starts PostgreSQL and waits until it takes connections, after stopping what a killed process left running over the
 * same data. A free port that somebody else took in between is replaced.
 *
 * @throws {EmbeddedDatabaseError} with what PostgreSQL logged.
 */
export async function startPostmaster(binaries: Binaries, options: PostmasterOptions): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    await endOrphan(binaries, options.data, options.log);
    const port = options.port ?? (await findFreePort());
    const { child, exited } = await spawnPostmaster(binaries, options, port);
    if (await untilReady(child, exited, options.data)) return supervise(binaries, options, port, exited);
    const said = (await readFile(options.logFile, "utf8").catch(() => "")).trim().slice(-2000);
    const portTaken = options.port === undefined && /could not (bind|create any TCP)/.test(said);
    // A predecessor that was only just being started, or whose sessions are on their way out after it was itself killed.
    const predecessor = /lock file "postmaster.pid" already exists|pre-existing shared memory block/.test(said);
    if (attempt === attemptsMax || !(portTaken || predecessor)) {
      throw new EmbeddedDatabaseError(`PostgreSQL did not start on ${options.data}: ${said || "it logged nothing"}`);
    }
    if (predecessor) await Bun.sleep(500);
  }
}

async function spawnPostmaster({ postgres, runAs }: Binaries, options: PostmasterOptions, port: number) {
  const settings = { ...baseSettings, ...options.settings, port: String(port) };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  await rm(options.logFile, { force: true });
  const logFile = await open(options.logFile, "wx", 0o600);
  try {
    const child = spawn(postgres, ["-D", options.data, ...args], {
      ...(runAs ?? {}),
      cwd: options.data,
      env: childEnvironment(),
      stdio: ["ignore", logFile.fd, logFile.fd],
      // A session of its own: Ctrl-C goes to the caller, who drains first.
      detached: true,
    });
    const exited = new Promise<string>((resolve) => {
      child.on("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.on("error", (error) => resolve(error.message));
    });
    return { child, exited };
  } finally {
    await logFile.close();
  }
}

/** False where it ended instead. */
async function untilReady(child: ChildProcess, exited: Promise<string>, data: string): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if ((await Promise.race([exited, Bun.sleep(10)])) !== undefined) return false;
    const file = await findPostmasterFile(data);
    if (file?.ready === true && file.pid === child.pid) return true;
  }
  child.kill("SIGQUIT");
  await exited;
  return false;
}

function supervise(binaries: Binaries, options: PostmasterOptions, port: number, exited: Promise<string>): Postmaster {
  let stopping: Promise<void> | null = null;
  let ended = false;
  void exited.then((how) => {
    ended = true;
    if (stopping === null) options.log(`the embedded PostgreSQL ended by itself (${how}): see ${options.logFile}`);
  });
  async function stopOnce(): Promise<void> {
    if (ended) return;
    await stopCluster(binaries, options.data);
    await exited;
  }
  return {
    port,
    stop() {
      stopping ??= stopOnce();
      return stopping;
    },
  };
}

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new EmbeddedDatabaseError("the system gave no free port"));
      });
    });
  });
}
