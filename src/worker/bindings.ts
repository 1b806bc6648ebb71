import { type Config, ConfigError, type ConfigFault, type Environment, parseConfig } from "../config.ts";

/** What workerd hands a worker: variables and secrets as text, everything else as objects. */
export type Bindings = Readonly<Record<string, unknown>>;

/** Something that answers requests: a binding to static assets is one. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

/**
 * The configuration in a worker's bindings, which must name a database: a worker has none of its own. A Hyperdrive
 * binding named HYPERDRIVE stands for DATABASE_URL. A worker is a deployment, so ENVIRONMENT is production unless it
 * says otherwise: none ever runs on the development key by omission.
 *
 * @throws ConfigError naming every fault at once.
 */
export function parseBindings(bindings: Bindings): { readonly config: Config; readonly databaseUrl: string } {
  const environment = toEnvironment(bindings);
  const faults = findFaults(environment);
  const config = withFaults(faults, () => parseConfig(environment));
  const databaseUrl = config.database.url;
  if (databaseUrl === undefined || faults.length > 0) throw new ConfigError(faults);
  return { config, databaseUrl };
}

/** The binding to static assets named ASSETS, or null. */
export function findAssets({ ASSETS: assets }: Bindings): Fetcher | null {
  return isObject(assets) && typeof assets["fetch"] === "function" ? (assets as unknown as Fetcher) : null;
}

function toEnvironment(bindings: Bindings): Environment {
  const variables = Object.entries(bindings).flatMap(([name, value]) => {
    const isVariable = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isVariable ? [[name, String(value)] as const] : [];
  });
  const pooled = connectionStringOf(bindings["HYPERDRIVE"]);
  return {
    ENVIRONMENT: "production",
    ...Object.fromEntries(variables),
    ...(pooled === null ? {} : { DATABASE_URL: pooled }),
  };
}

/** What is right elsewhere and cannot be on workerd. */
function findFaults(environment: Environment): readonly ConfigFault[] {
  const missing = {
    variable: "DATABASE_URL",
    problem: "is not set",
    expected: "a postgres:// URL, or a Hyperdrive binding named HYPERDRIVE",
  };
  const fileless = {
    variable: "OTEL_TRACES_EXPORTER",
    problem: "is file, and a worker has no files",
    expected: "otlp or none",
  };
  const unshared = {
    variable: "REDIS_URL",
    problem: "is set, and a worker counts in the memory of each isolate",
    expected: "nothing",
  };
  return [
    ...((environment["REDIS_URL"] ?? "") === "" ? [] : [unshared]),
    ...((environment["DATABASE_URL"] ?? "") === "" ? [missing] : []),
    ...(environment["OTEL_TRACES_EXPORTER"] === "file" ? [fileless] : []),
  ];
}

function withFaults<T>(faults: readonly ConfigFault[], parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...error.faults, ...faults]);
  }
}

function connectionStringOf(binding: unknown): string | null {
  const text = isObject(binding) ? binding["connectionString"] : null;
  return typeof text === "string" ? text : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
