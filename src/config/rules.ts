import type { ConfigFault } from "./config-error.ts";
import { WHOLE_NUMBER_PATTERN } from "./kinds.ts";
import { getReference, type VariableName } from "./variables.ts";

/** What a variable says, its default included; undefined where it has neither. */
export type TextOf = (name: VariableName) => string | undefined;

/** The least length of a key in bytes. A key shorter than the hash weakens it. @see RFC 7518, section 3.2 */
const keyBytesMin: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/**
 * The faults that show only when variables are seen together. They work on the texts, so that they are found beside
 * the faults of single variables and not after these were mended.
 */
export function findRuleFaults(textOf: TextOf): ConfigFault[] {
  return [findKeyFault(textOf), findLifetimeFault(textOf), findMigrationFault(textOf)].filter(
    (fault) => fault !== null,
  );
}

function findKeyFault(textOf: TextOf): ConfigFault | null {
  if (textOf("ENVIRONMENT") !== "production") return null;
  const key = textOf("SECRET_KEY") ?? "";
  const bytesMin = keyBytesMin[textOf("JWT_ALGORITHM") ?? ""] ?? 32;
  const expected = `in production a random key of its own, ${bytesMin} bytes or more (openssl rand -hex ${bytesMin})`;
  if (key === getReference("SECRET_KEY").default) {
    return { variable: "SECRET_KEY", problem: "is the key for development, which everybody knows", expected };
  }
  if (new TextEncoder().encode(key).length >= bytesMin) return null;
  return { variable: "SECRET_KEY", problem: `is shorter than ${bytesMin} bytes of UTF-8`, expected };
}

function findLifetimeFault(textOf: TextOf): ConfigFault | null {
  const [access, refresh] = [textOf("ACCESS_TOKEN_TTL_SECONDS") ?? "", textOf("REFRESH_TOKEN_TTL_SECONDS") ?? ""];
  const comparable = WHOLE_NUMBER_PATTERN.test(access) && WHOLE_NUMBER_PATTERN.test(refresh);
  if (!comparable || Number(refresh) > Number(access)) return null;
  return {
    variable: "REFRESH_TOKEN_TTL_SECONDS",
    problem: "does not outlive the access token",
    expected: "more seconds than ACCESS_TOKEN_TTL_SECONDS",
  };
}

function findMigrationFault(textOf: TextOf): ConfigFault | null {
  if (textOf("DATABASE_MIGRATION_URL") === undefined || textOf("DATABASE_URL") !== undefined) return null;
  return {
    variable: "DATABASE_MIGRATION_URL",
    problem: "is set while DATABASE_URL is not",
    expected: "DATABASE_URL beside it, or neither for the embedded database",
  };
}
