import { type Config, type Environment, parseConfig } from "../config.ts";

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
  const config = parseConfig(toEnvironment(bindings), "workerd");
  const databaseUrl = config.database.url;
  if (databaseUrl === undefined) throw new TypeError("a configuration for workerd always names a database");
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

function connectionStringOf(binding: unknown): string | null {
  const text = isObject(binding) ? binding["connectionString"] : null;
  return typeof text === "string" ? text : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
