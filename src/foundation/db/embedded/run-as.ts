import { spawn, spawnSync } from "node:child_process";
import { platform, userInfo } from "node:os";
import { EmbeddedDatabaseError } from "./embedded-error.ts";

/** The user that PostgreSQL runs as where it is not this process's own. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The system's error code where the program could not be started at all (`ENOENT`, `EACCES`). */
  readonly errorCode: string | null;
}

/** PostgreSQL reads many variables (`PGDATA`, `PGPORT`, …) and shows its environment to its user: it gets no more than this. */
export function childEnvironment(): Record<string, string> {
  const fixed = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const { SystemRoot, TEMP } = process.env;
  if (platform() !== "win32") return fixed;
  return { LC_ALL: "C", TZ: "UTC", ...(SystemRoot && { SystemRoot }), ...(TEMP && { TEMP }) };
}

/** Runs a program to its end, as another user if one is given, and gathers what it said. Never throws. */
export async function run(program: string, args: readonly string[], runAs: RunAs | null = null): Promise<Ran> {
  const child = spawn(program, args, {
    ...(runAs ?? {}),
    cwd: "/",
    env: childEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: null, stdout, stderr: stderr || error.message, errorCode: error.code ?? "UNKNOWN" }),
    );
    child.on("close", (code) => resolve({ code, stdout, stderr, errorCode: null }));
  });
}

/** PostgreSQL refuses to run as root. */
export function isRoot(): boolean {
  return platform() !== "win32" && userInfo().uid === 0;
}

/** Whether that user can get into a directory, found by trying: mode bits alone do not know of ACLs. */
export function canReach(directory: string, runAs: RunAs): boolean {
  const tried = spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", directory], {
    uid: runAs.uid,
    gid: runAs.gid,
    cwd: "/",
    env: childEnvironment(),
    stdio: "ignore",
  });
  return tried.status === 0;
}

/**
 * The system's user for PostgreSQL, made where there is none.
 *
 * @throws {EmbeddedDatabaseError} where there is none and none can be made.
 */
export async function findOrCreateSystemUser(log: (line: string) => void, name = systemUserName()): Promise<RunAs> {
  const existing = await findUser(name);
  if (existing !== null) return existing;
  const faults: string[] = [];
  for (const commands of waysToCreateUser(name)) {
    for (const [program, ...args] of commands) {
      const { code, stderr } = await run(program, args);
      if (code !== 0) faults.push(`${program}: ${stderr.trim() || `exit code ${code}`}`);
    }
    const created = await findUser(name);
    if (created === null) continue;
    log(`created the system user "${name}", because PostgreSQL refuses to run as root`);
    return created;
  }
  throw new EmbeddedDatabaseError(
    `PostgreSQL refuses to run as root, there is no user "${name}" to run it as, and none could be made ` +
      `(${faults.join("; ")}). Create that user, start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

function systemUserName(): string {
  return platform() === "darwin" ? "_postgres" : "postgres";
}

type Command = readonly [program: string, ...args: string[]];

/** shadow-utils, then BusyBox. A group that is there already is no obstacle. */
function waysToCreateUser(name: string): readonly (readonly Command[])[] {
  return [
    [
      ["groupadd", "--system", name],
      ["useradd", "--system", "--gid", name, "--no-create-home", "--shell", "/sbin/nologin", name],
    ],
    [
      ["addgroup", "-S", name],
      ["adduser", "-S", "-D", "-H", "-G", name, name],
    ],
  ];
}

async function findUser(name: string): Promise<RunAs | null> {
  const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
  if (uid.code !== 0 || gid.code !== 0) return null;
  return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
}
