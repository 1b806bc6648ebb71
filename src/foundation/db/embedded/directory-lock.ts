import { Database } from "bun:sqlite";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-error.ts";

export interface DirectoryLock {
  release(): Promise<void>;
}

/** A connection that is collected as garbage would give its lock away. */
const held = new Set<Database>();

/**
 * Makes this process the only one to use a directory, until it releases it or ends in any way: SQLite's exclusive
 * lock on an empty file is the operating system's own, so it dies with its holder, is not inherited by PostgreSQL, and
 * does not depend on process ids.
 *
 * @throws {EmbeddedDatabaseError} naming the process that has it.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const holderFile = join(directory, "lock.pid");
  const lock = openLock(directory);
  try {
    lock.run("PRAGMA busy_timeout = 0");
    lock.run("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") throw cause;
    const holder = await readFile(holderFile, "utf8").catch(() => "");
    const who = /^\d+$/.test(holder) ? `process ${holder}` : "another process that is just starting";
    throw new EmbeddedDatabaseError(
      `${directory} is in use by ${who}: stop that one first, or give this one a database of its own with DATABASE_URL`,
    );
  }
  held.add(lock);
  // Removed before it is written: another user's file in an own directory can be removed but not overwritten.
  await rm(holderFile, { force: true });
  await writeFile(holderFile, String(process.pid));
  return {
    async release() {
      if (!held.delete(lock)) return;
      await rm(holderFile, { force: true });
      lock.run("ROLLBACK");
      lock.close();
    },
  };
}

function openLock(directory: string): Database {
  try {
    return new Database(join(directory, "lock"), { create: true });
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `${directory} cannot be written to by this user (${(cause as Error).message}): correct its owner, or remove it`,
      { cause },
    );
  }
}
