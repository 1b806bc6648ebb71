import { ConfigError, type ConfigFault, type Environment, parseConfig } from "../../src/config.ts";

/** What is wrong with an environment; nothing when it is accepted. */
export function faultsOf(env: Environment): readonly ConfigFault[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

export function faultyNames(env: Environment): string[] {
  return faultsOf(env).map((fault) => fault.variable);
}
