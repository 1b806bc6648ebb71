import { ConfigError, type ConfigFault } from "./config/config-error.ts";
import { findRuleFaults } from "./config/rules.ts";
import { findRuntimeFaults, type Runtime } from "./config/runtimes.ts";
import { findUnknownVariables } from "./config/unknown-variables.ts";
import { getReference, type Values, type VariableName, variableNames, variables } from "./config/variables.ts";

export { ConfigError, type ConfigFault } from "./config/config-error.ts";
export type { Runtime } from "./config/runtimes.ts";

/** The environment as a runtime hands it over: `process.env`, or workerd's bindings. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that can be set from outside, checked and frozen, all the way down. */
export type Config = ReturnType<typeof toConfig>;

/**
 * Reads the configuration. An empty variable is an unset one; variables that are not Footing's are ignored, unless
 * they can only be a slip (`DB_POLL_SIZE`). What asks for something that the runtime cannot do is a fault. Pure: it looks at
 * nothing but its arguments.
 *
 * @throws ConfigError naming every fault at once, by variable and with what would be right; never a variable's value.
 */
export function parseConfig(env: Environment, runtime: Runtime = "Bun"): Config {
  const set = new Map(Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? "") !== ""));
  const parsed = variables.safeParse(Object.fromEntries(set));
  const textOf = (name: VariableName): string | undefined => set.get(name) ?? getReference(name).default ?? undefined;
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => toFault(String(path[0]), message)),
    ...findRuleFaults(textOf),
    ...findRuntimeFaults(runtime, textOf),
    ...findUnknownVariables(new Set(set.keys())),
  ];
  if (parsed.data === undefined || faults.length > 0) throw new ConfigError(faults);
  return deepFreeze(toConfig(parsed.data));
}

function toFault(variable: string, problem: string): ConfigFault {
  const known = variableNames.find((name) => name === variable);
  return { variable, problem, expected: known === undefined ? "nothing" : getReference(known).expected };
}

function toConfig(values: Values) {
  return {
    environment: values.ENVIRONMENT,
    /** Log lines written for people. It changes nothing that a client sees, so production may have it too. */
    debug: values.DEBUG,
    logLevel: values.LOG_LEVEL,
    gitCommitSha: values.GIT_COMMIT_SHA,
    http: {
      host: values.HOST,
      port: values.PORT,
      /** Without a slash at its end. */
      publicUrl: values.PUBLIC_URL,
      bodyBytesMax: values.BODY_BYTES_MAX,
      /** Whose scripts may use the API; none where unset. */
      corsOrigins: values.CORS_ORIGINS ?? [],
      /** Whose word is taken for who a request is from; none where unset. */
      trustedProxies: values.TRUSTED_PROXIES ?? [],
      trustedHeader: values.TRUSTED_PROXY_HEADER,
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      /** 0: never. */
      eventLoopDelayMsMax: values.EVENT_LOOP_DELAY_MS_MAX,
      shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
    },
    database: {
      /** Undefined: the embedded database. */
      url: values.DATABASE_URL,
      /** The owner's; `url` where no other was given. */
      migrationUrl: values.DATABASE_MIGRATION_URL ?? values.DATABASE_URL,
      pool: {
        size: values.DB_POOL_SIZE,
        maxOverflow: values.DB_MAX_OVERFLOW,
        queueMax: values.DB_POOL_QUEUE_MAX,
        acquireTimeoutMs: values.DB_POOL_TIMEOUT_MS,
        overflowIdleTimeoutMs: values.DB_OVERFLOW_IDLE_TIMEOUT_MS,
        lifetimeMs: values.DB_CONNECTION_LIFETIME_MS,
        connectTimeoutSeconds: values.DB_CONNECT_TIMEOUT_SECONDS,
        statementTimeoutMs: values.DB_STATEMENT_TIMEOUT_MS,
        lockTimeoutMs: values.DB_LOCK_TIMEOUT_MS,
      },
    },
    auth: {
      secretKey: values.SECRET_KEY,
      jwtAlgorithm: values.JWT_ALGORITHM,
      accessTokenTtlSeconds: values.ACCESS_TOKEN_TTL_SECONDS,
      refreshTokenTtlSeconds: values.REFRESH_TOKEN_TTL_SECONDS,
    },
    rateLimit: {
      requests: values.API_RATE_LIMIT_REQUESTS,
      windowSeconds: values.API_RATE_LIMIT_WINDOW,
      auth: { requests: values.AUTH_RATE_LIMIT_REQUESTS, windowSeconds: values.AUTH_RATE_LIMIT_WINDOW },
      onStoreFailure: values.RATE_LIMIT_ON_STORE_FAILURE,
      redisUrl: values.REDIS_URL,
    },
    baseCurrency: values.BASE_CURRENCY,
    model: { primary: values.PRIMARY_MODEL, apiUrl: values.MODEL_API_URL, apiKey: values.MODEL_API_KEY },
    storage: { s3Bucket: values.S3_BUCKET, s3Endpoint: values.S3_ENDPOINT },
    telemetry: {
      disabled: values.OTEL_SDK_DISABLED,
      serviceName: values.OTEL_SERVICE_NAME ?? values.OTEL_RESOURCE_ATTRIBUTES?.["service.name"] ?? "footing",
      resourceAttributes: values.OTEL_RESOURCE_ATTRIBUTES ?? {},
      otlp: {
        endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
        endpoints: {
          traces: values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
          logs: values.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT,
          metrics: values.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
        },
        headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
        timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
        compression: values.OTEL_EXPORTER_OTLP_COMPRESSION,
      },
      exporters: {
        traces: values.OTEL_TRACES_EXPORTER === "file" ? "none" : values.OTEL_TRACES_EXPORTER,
        logs: values.OTEL_LOGS_EXPORTER,
        metrics: values.OTEL_METRICS_EXPORTER,
      },
      /** Where traces are written to instead, by an entry that has files; null: nowhere. */
      spanFile:
        values.OTEL_TRACES_EXPORTER === "file"
          ? { path: values.TRACES_FILE, bytesMax: values.TRACES_FILE_BYTES_MAX }
          : null,
      sampler: { name: values.OTEL_TRACES_SAMPLER, ratio: values.OTEL_TRACES_SAMPLER_ARG },
      metricIntervalMs: values.OTEL_METRIC_EXPORT_INTERVAL,
    },
  } as const;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
