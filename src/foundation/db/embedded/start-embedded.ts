import { chmod, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findBinaries } from "./binaries.ts";
import { loadCredentials } from "./credentials.ts";
import { createCluster, type DataDirectory, findDataDirectory, postgresMajor } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { startPostmaster } from "./postmaster.ts";
import { prepareDatabase, urlsOf } from "./roles.ts";
import { isRoot } from "./run-as.ts";

export interface EmbeddedOptions {
  /** Where the data, the passwords and PostgreSQL's log are kept; made where it does not exist. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** Default: a free one. */
  readonly port?: number;
  /** PostgreSQL's settings by name. `fsync: "off"` also makes a new cluster without waiting for the disk. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the database, and the first word of its roles. Default `footing`. A plain SQL name. */
  readonly name?: string;
  /** Under root: where programs and data go when PostgreSQL's user cannot reach them. Default `/var/lib/<name>`. */
  readonly sharedDirectory?: string;
}

export interface EmbeddedDatabase {
  /** As `<name>_owner`: owns the database, runs the migrations. */
  readonly ownerUrl: string;
  /** As `<name>_api`: owns nothing, cannot bypass row-level security. */
  readonly apiUrl: string;
  /** As `postgres`, to the maintenance database: for tests and repairs. */
  readonly superuserUrl: string;
  /** Absolute. */
  readonly directory: string;
  /** Where the data are: `<directory>/postgres`, unless PostgreSQL's user could not have reached that. */
  readonly dataDirectory: string;
  readonly port: number;
  /** Ends all sessions, writes everything, and resolves when PostgreSQL is gone and the directory free. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL that belongs to this process, on 127.0.0.1 alone, over the data that `directory` has, or
 * over a new database. Says in one line where the data are. A PostgreSQL left behind by a killed process is stopped
 * first. Registers no signal handlers: the caller calls `stop()` on its way out. Until then the process does not end by
 * itself.
 *
 * @throws {EmbeddedDatabaseError} saying what to do: another process uses the directory (named by its id), there are
 *   no programs for this platform or they are not installed completely, the data are of another version or user.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const directory = resolve(options.directory);
  await makeDirectory(directory);
  const lock = await lockDirectory(directory);
  try {
    const { stop, ...database } = await startLocked(directory, options);
    let stopped: Promise<void> | null = null;
    return {
      ...database,
      directory,
      stop() {
        stopped ??= stop().finally(() => lock.release());
        return stopped;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(directory: string, options: EmbeddedOptions) {
  const sharedDirectory = options.sharedDirectory ?? `/var/lib/${options.name ?? "footing"}`;
  const data = await findDataDirectory({ directory, sharedDirectory, log: options.log });
  if (!data.elsewhere) return startOver(data, { ...options, directory, sharedDirectory });
  // A copy of `directory` has the same link, and another lock.
  const lock = await lockDirectory(dirname(data.path));
  try {
    const { stop, ...database } = await startOver(data, { ...options, directory, sharedDirectory });
    return { ...database, stop: () => stop().finally(() => lock.release()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startOver(data: DataDirectory, options: EmbeddedOptions & { readonly sharedDirectory: string }) {
  const { directory, sharedDirectory, name = "footing", settings = {}, log } = options;
  const binaries = await findBinaries(data.runAs, sharedDirectory);
  const credentials = await loadCredentials(directory, data.hasData);
  if (!data.hasData) {
    const { fsync } = settings;
    await createCluster(binaries, data, {
      directory,
      superuserPassword: credentials.superuser,
      sync: fsync !== "off",
    });
  }
  const { port, stop } = await startPostmaster(binaries, {
    data: data.path,
    port: options.port,
    settings,
    logFile: join(directory, "postgres.log"),
    log,
  });
  const urls = urlsOf(name, port, credentials);
  try {
    await prepareDatabase(name, urls.superuserUrl, credentials);
  } catch (error) {
    await stop();
    throw error;
  }
  const shared = data.path.startsWith(join(sharedDirectory, "/"));
  const why = shared ? `, because the user that PostgreSQL runs as cannot reach ${directory}` : "";
  log(`embedded PostgreSQL ${postgresMajor} keeps its data in ${data.path}${why}`);
  return { ...urls, port, dataDirectory: data.path, stop };
}

/** Under root it lets PostgreSQL's user through; what is secret in it has a mode of its own. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    if ((await mkdir(directory, { recursive: true })) !== undefined) await chmod(directory, isRoot() ? 0o755 : 0o700);
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `${directory} could not be made for the embedded PostgreSQL (${(cause as Error).message}): make it writable, or set DATABASE_URL`,
      { cause },
    );
  }
}
