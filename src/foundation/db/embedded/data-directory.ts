import { randomUUID } from "node:crypto";
import { chmod, chown, lstat, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { canReach, findOrCreateSystemUser, isRoot, type RunAs, run } from "./run-as.ts";
import { exists, makeSharedDirectory } from "./shared-directory.ts";

/** The major version of the packaged binaries. */
export const postgresMajor = "18";

/** Where PostgreSQL keeps its data, and as whom it runs (null: this process's own user). */
export interface DataDirectory {
  /** Absolute, without symbolic links. */
  readonly path: string;
  readonly runAs: RunAs | null;
  readonly hasData: boolean;
  /** Whether `<directory>/postgres` is, or will be, a link to them. */
  readonly elsewhere: boolean;
}

/**
 * Decides where the data of `directory` are: in `<directory>/postgres`. Under root, PostgreSQL runs as the owner of
 * the data or, where there are none yet, as the system's user for it; if that user cannot pass through to `directory`
 * (a clone in root's home), the data go to a directory of their own in `sharedDirectory`, and `<directory>/postgres`
 * becomes a link to it.
 *
 * @throws {EmbeddedDatabaseError} where the data are there and cannot be used.
 */
export async function findDataDirectory(options: {
  readonly directory: string;
  readonly sharedDirectory: string;
  readonly log: (line: string) => void;
}): Promise<DataDirectory> {
  const link = join(options.directory, "postgres");
  if (await exists(link)) return findExisting(link);
  if (!isRoot()) return { path: link, runAs: null, hasData: false, elsewhere: false };
  const runAs = await findOrCreateSystemUser(options.log);
  if (canReach(options.directory, runAs)) return { path: link, runAs, hasData: false, elsewhere: false };
  const place = join(await makeSharedDirectory(options.sharedDirectory), `data-${randomUUID()}`);
  await mkdir(place);
  await chmod(place, 0o755);
  return { path: join(place, "postgres"), runAs, hasData: false, elsewhere: true };
}

async function findExisting(link: string): Promise<DataDirectory> {
  const elsewhere = (await lstat(link)).isSymbolicLink();
  const path = await realpath(link).catch((cause: NodeJS.ErrnoException) => {
    throw new EmbeddedDatabaseError(
      `${link} cannot be followed to the data (${cause.message}): restore them, or remove the link`,
      {
        cause,
      },
    );
  });
  const { uid, gid } = await stat(path);
  const own = userInfo().uid;
  if (own !== 0 && own !== -1 && uid !== own) {
    throw new EmbeddedDatabaseError(
      `the data in ${path} belong to user ${uid}, and this is user ${own}: start as that user or as root`,
    );
  }
  const runAs = isRoot() ? { uid, gid } : null;
  if (runAs !== null && !canReach(path, runAs)) {
    throw new EmbeddedDatabaseError(
      `the data in ${path} belong to user ${uid}, who cannot reach them there: move the directory to where that user can, or set DATABASE_URL`,
    );
  }
  await assertVersion(path);
  return { path, runAs, hasData: true, elsewhere };
}

async function assertVersion(path: string): Promise<void> {
  const version = await readFile(join(path, "PG_VERSION"), "utf8").catch(() => "unknown");
  if (version.trim() === postgresMajor) return;
  throw new EmbeddedDatabaseError(
    `the data in ${path} are of PostgreSQL ${version.trim()}, and this program brings ${postgresMajor}: move them with ` +
      `pg_dump and pg_restore, or set DATABASE_URL to a PostgreSQL of that version`,
  );
}

/**
 * Makes an empty cluster at `data.path`: UTF-8, sorted by code point on every system, checksums on, passwords asked
 * for on every connection. All or nothing: what an interrupted start leaves behind is not taken for data.
 *
 * @throws {EmbeddedDatabaseError} with what initdb said.
 */
export async function createCluster(
  { initdb, runAs }: Binaries,
  data: DataDirectory,
  options: { readonly directory: string; readonly superuserPassword: string; readonly sync: boolean },
): Promise<void> {
  const parent = dirname(data.path);
  const staging = `${data.path}.new`;
  const passwordFile = join(parent, "initdb-password");
  await rm(staging, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(staging, { mode: 0o700 });
  try {
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600, flag: "wx" });
    if (runAs !== null) for (const path of [staging, passwordFile]) await chown(path, runAs.uid, runAs.gid);
    const args = [
      `--pgdata=${staging}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(options.sync ? [] : ["--no-sync"]),
    ];
    const { code, stderr } = await run(initdb, args, runAs);
    if (code !== 0) throw new EmbeddedDatabaseError(`initdb failed: ${stderr.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(staging, data.path);
  if (data.elsewhere) await symlink(data.path, join(options.directory, "postgres"));
}
