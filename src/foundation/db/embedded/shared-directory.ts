import { chmod, lstat, mkdir, stat } from "node:fs/promises";
import { EmbeddedDatabaseError } from "./embedded-error.ts";

/** Whether something is there, a dangling link included. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/**
 * A directory that root keeps for what PostgreSQL's user must reach when it cannot reach the caller's own directory.
 *
 * @returns its path.
 * @throws {EmbeddedDatabaseError} where it cannot be made, or where others than root could put programs into it.
 */
export async function makeSharedDirectory(path: string): Promise<string> {
  try {
    if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, 0o755);
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL runs as a user of its own, who cannot reach this directory, and ${path} could not be made for it ` +
        `(${(cause as Error).message}). Start as an ordinary user, move to a directory that others may pass through, or set DATABASE_URL.`,
      { cause },
    );
  }
  const { uid, mode } = await stat(path);
  if (uid === 0 && (mode & 0o022) === 0) return path;
  throw new EmbeddedDatabaseError(
    `${path} must belong to root and be writable by root alone: correct it, or remove it`,
  );
}
