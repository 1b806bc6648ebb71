import type { Environment } from "../config.ts";
import { getReference, type VariableName, variableNames } from "./variables.ts";

/**
 * What every variable says, its default included, as a start shows it: of a secret only whether it is set.
 * A URL that is no secret by its kind is shown as it is, as it may not hold a user.
 */
export function describeEnvironment(env: Environment): Readonly<Record<VariableName, string>> {
  const described = variableNames.map((name) => [name, describe(name, env[name] ?? "")]);
  return Object.fromEntries(described);
}

function describe(name: VariableName, text: string): string {
  const { default: defaultText, secret } = getReference(name);
  if (secret === true) return text === "" ? "not set" : "set";
  return text === "" ? (defaultText ?? "not set") : text;
}
