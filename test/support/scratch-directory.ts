import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../../src/foundation/db/embedded/index.ts";
import { canReach, isRoot } from "../../src/foundation/db/embedded/run-as.ts";
import { atEnd } from "./at-end.ts";

/** The least of users, whom every system has. */
export const nobody = { uid: 65534, gid: 65534 };

/** A temporary directory that PostgreSQL's user can get into as well, where root's own lets nobody through. */
export function openTemporaryDirectory(): string {
  return isRoot() && !canReach(tmpdir(), nobody) ? "/tmp" : tmpdir();
}

/** Runs something with a directory of its own, which others may pass through unless a mode says otherwise. */
export async function withScratchDirectory<T>(work: (directory: string) => Promise<T>, mode = 0o755): Promise<T> {
  const directory = await mkdtemp(join(openTemporaryDirectory(), "footing-scratch-"));
  try {
    await chmod(directory, mode);
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

let seed: Promise<string> | null = null;

/** As `withScratchDirectory`, with a stopped embedded database in it: a copy of one that is made once per run. */
export async function withStoppedDatabase<T>(work: (directory: string) => Promise<T>): Promise<T> {
  seed ??= makeSeed();
  const source = await seed;
  return withScratchDirectory((directory) => {
    execFileSync("cp", ["-a", `${source}/.`, directory]);
    return work(directory);
  });
}

async function makeSeed(): Promise<string> {
  const directory = await mkdtemp(join(openTemporaryDirectory(), "footing-seed-"));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const { stop } = await startEmbedded({ directory, log: () => undefined, settings: { fsync: "off" } });
  await stop();
  return directory;
}
