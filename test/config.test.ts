import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { getReference, type VariableName, variableNames } from "../src/config/variables.ts";
import { parseConfig } from "../src/config.ts";
import { faultsOf, faultyNames } from "./config/faults-of.ts";

/** Checks that each of these is read and that each of those is the one fault. */
function expectOf(
  name: VariableName,
  texts: { readonly right: readonly string[]; readonly wrong: readonly string[] },
): void {
  for (const right of texts.right)
    expect({ right, faults: faultsOf({ [name]: right }) }).toEqual({ right, faults: [] });
  for (const wrong of texts.wrong)
    expect({ wrong, names: faultyNames({ [name]: wrong }) }).toEqual({ wrong, names: [name] });
}

interface Documented {
  readonly name: string;
  /** Null where the variable is commented out. */
  readonly value: string | null;
  /** The comment above it, as one line. */
  readonly comment: string;
}

function readExample(): Documented[] {
  const documented: Documented[] = [];
  let comment: string[] = [];
  for (const line of readFileSync(`${import.meta.dir}/../.env.example`, "utf8").split("\n")) {
    const variable = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (variable !== null) {
      const [, out, name = "", value = ""] = variable;
      documented.push({ name, value: out === undefined ? value : null, comment: comment.join(" ") });
    }
    comment = variable === null && line.startsWith("# ") ? [...comment, line.slice(2)] : [];
  }
  return documented;
}

describe("the values that a variable may have", () => {
  test("AC12.18.1 PRIMARY_MODEL is a provider and a model", () => {
    expectOf("PRIMARY_MODEL", {
      right: [
        "anthropic/claude-sonnet-4-5",
        "openrouter/meta-llama/llama-3.1-70b:free",
        "ollama/llama3:8b",
        "bedrock/us.claude-v1:0",
      ],
      wrong: [
        "claude",
        "/claude",
        "anthropic/",
        "anthropic//claude",
        "Anthropic/claude",
        "anthropic/claude 4",
        " a/b",
        "a/b/",
        "https://a/b",
      ],
    });
    expect(parseConfig({ PRIMARY_MODEL: "openrouter/meta-llama/llama-3" }).model.primary).toEqual({
      provider: "openrouter",
      model: "meta-llama/llama-3",
    });
  });

  test("AC12.18.3 BASE_CURRENCY is a current ISO 4217 code", () => {
    expectOf("BASE_CURRENCY", {
      right: ["USD", "JPY", "KWD", "EUR"],
      wrong: ["usd", "DEM", "US", "USDT", "US$", " USD", "XYZ"],
    });
  });

  test("AC12.18.4 S3_BUCKET follows S3's naming rules", () => {
    expectOf("S3_BUCKET", {
      right: [
        "abc",
        "footing-documents",
        "a.b-c.9",
        "1.2.3",
        "0".repeat(63),
        "books-111122223333-us-west-2-an",
        "1234.5.6.7",
      ],
      wrong: [
        ...[
          "ab",
          "a".repeat(64),
          "Footing",
          "foot_ing",
          "-footing",
          "footing-",
          ".footing",
          "footing.",
          "foo..ting",
          "192.168.5.4",
        ],
        ...[
          "xn--footing",
          "sthree-footing",
          "sthree-configurator",
          "amzn-s3-demo-bucket",
          "footing-s3alias",
          "footing--ol-s3",
        ],
        ...[
          "footing.mrap",
          "footing--x-s3",
          "footing--table-s3",
          "footing-an",
          "footing/docs",
          "s3://footing",
          "footing\n",
        ],
      ],
    });
  });

  test("AC12.18.5 JWT_ALGORITHM is an HMAC of the allow-list, never none", () => {
    expectOf("JWT_ALGORITHM", {
      right: ["HS256", "HS384", "HS512"],
      wrong: ["none", "None", "NONE", "hs256", "HS1", "RS256", "ES256", "HS256 ", "HS256,none"],
    });
  });

  test("AC12.18.6 DATABASE_URL is a PostgreSQL URL", () => {
    expectOf("DATABASE_URL", {
      right: [
        ...["postgres://footing_api:p%40ss@db.internal:5432/footing?sslmode=require", "postgresql://localhost/footing"],
        ...["postgres://u@[::1]:5433/footing", "postgres://u@%2Frun%2Fpostgresql/footing"],
      ],
      wrong: [
        ...[
          "mysql://u:p@h/footing",
          "http://h/footing",
          "localhost:5432/footing",
          "postgres:footing",
          "postgres://",
          "postgres:///footing",
        ],
        ...[
          "postgres://u:p@h",
          "postgres://u:p@h/",
          "postgres://u:p@h:99999/footing",
          " postgres://h/footing",
          "postgres://h/foo ting",
        ],
      ],
    });
    expect(parseConfig({}).database.url).toBeUndefined();
    expect(parseConfig({ DATABASE_URL: "postgres://h/a" }).database.migrationUrl).toBe("postgres://h/a");
    expect(faultyNames({ DATABASE_MIGRATION_URL: "postgres://h/a" })).toEqual(["DATABASE_MIGRATION_URL"]);
  });

  test("AC12.20.1 DB_POOL_SIZE has a default", () => {
    expect(parseConfig({}).database.pool.size).toBe(10);
    expect(parseConfig({ DB_POOL_SIZE: "3" }).database.pool.size).toBe(3);
  });

  test("AC12.20.2 DB_MAX_OVERFLOW has a default", () => {
    expect(parseConfig({}).database.pool.maxOverflow).toBe(5);
    expect(parseConfig({ DB_MAX_OVERFLOW: "0" }).database.pool.maxOverflow).toBe(0);
  });

  test("AC12.20.3 validates both as whole decimal numbers, the size at least 1 and the overflow at least 0", () => {
    const malformed = [
      "1e3",
      "0x10",
      " 5",
      "5 ",
      "5.0",
      "+5",
      "-1",
      "05",
      "٣",
      "ten",
      "Infinity",
      "9".repeat(40),
      "1001",
    ];
    expectOf("DB_POOL_SIZE", { right: ["1", "1000"], wrong: ["0", ...malformed] });
    expectOf("DB_MAX_OVERFLOW", { right: ["0", "1000"], wrong: malformed });
  });

  test("PUBLIC_URL is absolute, carries no secret, and loses the slash at its end", () => {
    expectOf("PUBLIC_URL", {
      right: ["https://books.example.com", "http://localhost:3000/footing/"],
      wrong: ["books.example.com", "/api", "ftp://h", "https://u:p@h", "https://h/?a=1", "https://h/#a", "https://"],
    });
    expect(parseConfig({ PUBLIC_URL: "https://h/books/" }).http.publicUrl).toBe("https://h/books");
  });

  test("the service's name is OTEL_SERVICE_NAME's, else that of the resource attributes, else footing", () => {
    const named = (env: Record<string, string>) => parseConfig(env).telemetry.serviceName;
    const OTEL_RESOURCE_ATTRIBUTES = "service.name=books";
    expect(named({})).toBe("footing");
    expect(named({ OTEL_RESOURCE_ATTRIBUTES })).toBe("books");
    expect(named({ OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: "ledger" })).toBe("ledger");
  });

  test("samplers, exporters and compression are OpenTelemetry's words, and the only protocol is http/protobuf", () => {
    expectOf("OTEL_TRACES_SAMPLER", {
      right: ["always_on", "always_off", "traceidratio", "parentbased_traceidratio"],
      wrong: ["on", "jaeger_remote", "ALWAYS_ON"],
    });
    expectOf("OTEL_TRACES_SAMPLER_ARG", {
      right: ["0", "1", "0.25", "1.0"],
      wrong: ["1.1", "-0.1", "25%", ".5", "1e-1"],
    });
    for (const name of ["OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER"] as const)
      expectOf(name, { right: ["otlp", "none"], wrong: ["prometheus", "otlp,none"] });
    expectOf("OTEL_TRACES_EXPORTER", { right: ["file"], wrong: ["File"] });
    expectOf("OTEL_LOGS_EXPORTER", { right: [], wrong: ["file"] });
    expectOf("TRACES_FILE_BYTES_MAX", { right: ["65536"], wrong: ["65535", "64MB"] });
    expectOf("OTEL_EXPORTER_OTLP_COMPRESSION", { right: ["gzip", "none"], wrong: ["zstd"] });
    expectOf("OTEL_EXPORTER_OTLP_PROTOCOL", { right: ["http/protobuf"], wrong: ["grpc", "http/json"] });
  });

  test("CORS_ORIGINS are exact origins as browsers send them, or any", () => {
    expectOf("CORS_ORIGINS", {
      right: ["*", "https://app.example.com", "http://localhost:5173, https://app.example.com"],
      wrong: [
        "null",
        "app.example.com",
        "https://h/",
        "https://H",
        "https://h:443",
        "https://*.h",
        "*,https://h",
        "https://h,",
        "file:///",
      ],
    });
    expect(parseConfig({}).http.corsOrigins).toEqual([]);
    expect(parseConfig({ CORS_ORIGINS: "*" }).http.corsOrigins).toBe("*");
    expect(parseConfig({ CORS_ORIGINS: "https://a, https://b:8443" }).http.corsOrigins).toEqual([
      "https://a",
      "https://b:8443",
    ]);
  });

  test("OTLP headers and resource attributes are percent-decoded pairs; only a malformed header is a fault", () => {
    const { telemetry } = parseConfig({
      OTEL_EXPORTER_OTLP_HEADERS: "signoz-ingestion-key=a%3Db%2C, x = y=z ,",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=production,nonsense,=b,bad=%zz,team=the%20books",
    });
    expect(telemetry.otlp.headers).toEqual({ "signoz-ingestion-key": "a=b,", x: "y=z" });
    expect(telemetry.resourceAttributes).toEqual({ "deployment.environment.name": "production", team: "the books" });
    expectOf("OTEL_EXPORTER_OTLP_HEADERS", {
      right: ["a=b", "a="],
      wrong: ["token", "=b", "a=%zz", "a=b,token", "a b=c", "a=x%0Ab"],
    });
  });
});

describe("the documented defaults", () => {
  const example = readExample();

  test("AC12.18.2 .env.example and the code name the same variables, with the same defaults", () => {
    const documented = Object.fromEntries(example.map(({ name, value }) => [name, value]));
    expect(example.length).toBe(Object.keys(documented).length);
    expect(documented).toEqual(Object.fromEntries(variableNames.map((name) => [name, getReference(name).default])));
    expect(parseConfig(Object.fromEntries(example.map(({ name, value }) => [name, value ?? ""])))).toEqual(
      parseConfig({}),
    );
  });

  test("AC12.18.2 .env.example says of each variable what the code accepts", () => {
    const unsaid = variableNames.filter(
      (name) =>
        example.find((variable) => variable.name === name)?.comment.includes(getReference(name).expected) !== true,
    );
    expect(unsaid).toEqual([]);
  });
});
