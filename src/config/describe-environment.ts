import type { Environment } from "../config.ts";
import { getReference, type VariableName, variableNames } from "./variables.ts";

const isSecret = (name: VariableName): boolean => getReference(name).secret === true;

/** What every variable says that is no secret, its default included, as a start shows it. */
export function describeEnvironment(env: Environment): Readonly<Record<string, string>> {
  const shown = variableNames.filter((name) => !isSecret(name));
  return Object.fromEntries(shown.map((name) => [name, env[name] || (getReference(name).default ?? "not set")]));
}

/** Which secrets are set and which are not: their names alone. */
export function describeSecrets(env: Environment): string {
  const listed = (wanted: boolean) => variableNames.filter((name) => isSecret(name) && !env[name] !== wanted);
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  return `configuration, with ${list(listed(true))} set, and not set ${list(listed(false))}`;
}
