import { z } from "zod";
import { isCurrentCurrency } from "../domain/currency.ts";
import { logLevels } from "../foundation/logging/index.ts";
import { forwardedHeaders, parseNetworks, storeFailurePolicies } from "../foundation/rate-limit/index.ts";
import { exporterNames, samplerNames } from "../foundation/telemetry/index.ts";
import { areHeaders, parsePairs } from "./key-value-pairs.ts";
import { flag, fraction, type Kind, oneOf, text, textAs, textWhere, urlOf, wholeNumber } from "./kinds.ts";
import { parseOrigins } from "./origins.ts";
import { isBucketName } from "./s3-bucket.ts";

/** What `.env.example` documents of a variable: the text of its default (null: unset), and what it may say. */
export interface VariableReference {
  readonly default: string | null;
  readonly expected: string;
  /** Its value is never shown. */
  readonly secret?: true;
}

export const reference = z.registry<VariableReference>();

function withDefault<T>(defaultText: string, { schema, expected }: Kind<T>) {
  return schema.prefault(defaultText).register(reference, { default: defaultText, expected });
}

function optional<T>({ schema, expected }: Kind<T>) {
  return schema.optional().register(reference, { default: null, expected });
}

function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  const known = reference.get(schema);
  if (known !== undefined) reference.add(schema, { ...known, secret: true });
  return schema;
}

const postgresUrl = urlOf(
  "a PostgreSQL URL that names a database, postgres://user:password@host:5432/database",
  ["postgres", "postgresql"],
  (url) => url.pathname.length > 1,
);

const httpUrl = urlOf("an http or https URL", ["http", "https"]);

/** Kept without a slash at its end. */
const plainUrl = withoutLastSlash(
  urlOf(
    "an absolute http or https URL without user, query or fragment",
    ["http", "https"],
    (url) => url.username === "" && url.password === "" && url.search === "" && url.hash === "",
  ),
);

function withoutLastSlash({ schema, expected }: Kind<string>): Kind<string> {
  return { expected, schema: schema.transform((url) => url.replace(/\/+$/, "")) };
}

/** Every variable: its default and what it may say stand here and nowhere else in the code. */
export const variables = z.object({
  ENVIRONMENT: withDefault("development", oneOf(["development", "test", "production"])),
  DEBUG: withDefault("false", flag),
  LOG_LEVEL: withDefault("info", oneOf(logLevels)),
  GIT_COMMIT_SHA: optional(textWhere("7 to 64 lower-case hexadecimal digits", /^[0-9a-f]{7,64}$/)),

  HOST: withDefault(
    "127.0.0.1",
    textWhere("an IP address or host name", /^(?:[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45})$/),
  ),
  PORT: withDefault("3000", wholeNumber(0, 65_535)),
  PUBLIC_URL: optional(plainUrl),
  BODY_BYTES_MAX: withDefault("4194304", wholeNumber(1_024, 67_108_864)),
  CORS_ORIGINS: optional(textAs("* or origins such as https://app.example.com, separated by commas", parseOrigins)),
  TRUSTED_PROXIES: optional(
    textAs("addresses and networks such as 10.0.0.0/8 or 2001:db8::/32, separated by commas", parseNetworks),
  ),
  TRUSTED_PROXY_HEADER: withDefault("x-forwarded-for", oneOf(forwardedHeaders)),
  // Bun ends a connection that lies silent for 255 s.
  REQUEST_TIMEOUT_MS: withDefault("30000", wholeNumber(100, 240_000)),
  EVENT_LOOP_DELAY_MS_MAX: withDefault("1000", wholeNumber(0, 60_000)),
  SHUTDOWN_GRACE_MS: withDefault("10000", wholeNumber(0, 600_000)),

  DATABASE_URL: secret(optional(postgresUrl)),
  DATABASE_MIGRATION_URL: secret(optional(postgresUrl)),
  DB_POOL_SIZE: withDefault("10", wholeNumber(1, 1_000)),
  DB_MAX_OVERFLOW: withDefault("5", wholeNumber(0, 1_000)),
  DB_POOL_QUEUE_MAX: withDefault("500", wholeNumber(0, 100_000)),
  DB_POOL_TIMEOUT_MS: withDefault("5000", wholeNumber(1, 600_000)),
  DB_OVERFLOW_IDLE_TIMEOUT_MS: withDefault("10000", wholeNumber(1, 3_600_000)),
  DB_CONNECTION_LIFETIME_MS: withDefault("1800000", wholeNumber(1_000, 86_400_000)),
  DB_CONNECT_TIMEOUT_SECONDS: withDefault("5", wholeNumber(1, 300)),
  DB_STATEMENT_TIMEOUT_MS: withDefault("15000", wholeNumber(1, 3_600_000)),
  DB_LOCK_TIMEOUT_MS: withDefault("5000", wholeNumber(1, 3_600_000)),

  SECRET_KEY: secret(
    withDefault(
      "footing-development-secret-key-never-in-production",
      text("in production a random key of its own, 32 bytes or more"),
    ),
  ),
  JWT_ALGORITHM: withDefault("HS256", oneOf(["HS256", "HS384", "HS512"])),
  ACCESS_TOKEN_TTL_SECONDS: withDefault("900", wholeNumber(1, 86_400)),
  REFRESH_TOKEN_TTL_SECONDS: withDefault("2592000", wholeNumber(1, 31_536_000)),

  API_RATE_LIMIT_REQUESTS: withDefault("300", wholeNumber(1, 1_000_000_000)),
  API_RATE_LIMIT_WINDOW: withDefault("60", wholeNumber(1, 86_400)),
  AUTH_RATE_LIMIT_REQUESTS: withDefault("20", wholeNumber(1, 1_000_000_000)),
  AUTH_RATE_LIMIT_WINDOW: withDefault("60", wholeNumber(1, 86_400)),
  RATE_LIMIT_ON_STORE_FAILURE: withDefault("memory", oneOf(storeFailurePolicies)),
  REDIS_URL: secret(
    optional(urlOf("a Redis URL, redis://user:password@host:6379/0 or rediss:// for TLS", ["redis", "rediss"])),
  ),

  BASE_CURRENCY: withDefault("USD", textWhere("the three capitals of a current ISO 4217 currency", isCurrentCurrency)),
  PRIMARY_MODEL: optional(
    textAs("provider/model, such as anthropic/claude-sonnet-4-5", (value) => {
      const [, provider, model] =
        /^([a-z0-9][a-z0-9._-]*)\/([A-Za-z0-9][\w.:@+-]*(?:\/[A-Za-z0-9][\w.:@+-]*)*)$/.exec(value) ?? [];
      return provider === undefined || model === undefined ? null : { provider, model };
    }),
  ),
  MODEL_API_URL: optional(plainUrl),
  MODEL_API_KEY: secret(optional(text("a key of that API"))),
  S3_BUCKET: optional(textWhere("a name by the rules of S3's general purpose buckets", isBucketName)),
  S3_ENDPOINT: optional(plainUrl),

  OTEL_SDK_DISABLED: withDefault("false", flag),
  OTEL_SERVICE_NAME: optional(text("any name")),
  OTEL_RESOURCE_ATTRIBUTES: optional(
    textAs("key=value pairs separated by commas (malformed ones are ignored)", (value) => parsePairs(value).pairs),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(httpUrl),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(httpUrl),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: optional(httpUrl),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: optional(httpUrl),
  OTEL_EXPORTER_OTLP_PROTOCOL: withDefault("http/protobuf", textWhere("http/protobuf", /^http\/protobuf$/)),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    optional(
      textAs("key=value pairs separated by commas, values percent-encoded", (value) => {
        const { pairs, malformed } = parsePairs(value);
        return malformed || !areHeaders(pairs) ? null : pairs;
      }),
    ),
  ),
  OTEL_EXPORTER_OTLP_TIMEOUT: withDefault("10000", wholeNumber(1, 600_000)),
  OTEL_EXPORTER_OTLP_COMPRESSION: withDefault("none", oneOf(["gzip", "none"])),
  OTEL_TRACES_EXPORTER: withDefault("otlp", oneOf([...exporterNames, "file"])),
  TRACES_FILE: withDefault(".footing/traces.jsonl", text("a path")),
  TRACES_FILE_BYTES_MAX: withDefault("67108864", wholeNumber(65_536, 1_099_511_627_776)),
  OTEL_LOGS_EXPORTER: withDefault("otlp", oneOf(exporterNames)),
  OTEL_METRICS_EXPORTER: withDefault("otlp", oneOf(exporterNames)),
  OTEL_TRACES_SAMPLER: withDefault("parentbased_always_on", oneOf(samplerNames)),
  OTEL_TRACES_SAMPLER_ARG: withDefault("1", fraction),
  OTEL_METRIC_EXPORT_INTERVAL: withDefault("60000", wholeNumber(1_000, 86_400_000)),
});

export type VariableName = keyof typeof variables.shape;
export type Values = z.output<typeof variables>;

export const variableNames = Object.keys(variables.shape) as readonly VariableName[];

/** What a variable may say and what it says by default. */
export function getReference(name: VariableName): VariableReference {
  const found = reference.get(variables.shape[name]);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found;
}
