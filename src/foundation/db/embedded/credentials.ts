import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-error.ts";

/** The passwords of the three roles: 256 random bits each, in characters that need no quoting in SQL or a URL. */
export interface Credentials {
  readonly superuser: string;
  readonly owner: string;
  readonly api: string;
}

const roles = ["superuser", "owner", "api"] as const;
const passwordPattern = /^[A-Za-z0-9_-]{43}$/;

/**
 * The passwords kept in a directory (mode 0600), made where there are neither passwords nor data.
 *
 * @throws {EmbeddedDatabaseError} where there are data and their passwords are gone.
 */
export async function loadCredentials(directory: string, hasData: boolean): Promise<Credentials> {
  const path = join(directory, "credentials.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text !== null) return parseCredentials(text, path);
  if (hasData) {
    throw new EmbeddedDatabaseError(
      `${path} is gone, and with it the passwords to the data beside it: restore it, or remove ${directory} to begin anew`,
    );
  }
  const password = () => randomBytes(32).toString("base64url");
  const credentials: Credentials = { superuser: password(), owner: password(), api: password() };
  await writeFile(`${path}.new`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return credentials;
}

function parseCredentials(text: string, path: string): Credentials {
  const unreadable = () =>
    new EmbeddedDatabaseError(`${path} does not hold the three passwords that were written to it: restore it`);
  let parsed: Partial<Record<string, unknown>> | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // What a JSON parser quotes of this file is a password.
    throw unreadable();
  }
  const [superuser = "", owner = "", api = ""] = roles.map((role) => {
    const password = parsed?.[role];
    if (typeof password !== "string" || !passwordPattern.test(password)) throw unreadable();
    return password;
  });
  return { superuser, owner, api };
}
