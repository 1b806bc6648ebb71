import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { getReference, variableNames } from "../../src/config/variables.ts";
import { ConfigError, type Environment, parseConfig } from "../../src/config.ts";
import { faultsOf, faultyNames } from "./faults-of.ts";

const productionKey = "k".repeat(32);

describe("production", () => {
  const production = (more: Environment) =>
    faultyNames({ ENVIRONMENT: "production", SECRET_KEY: productionKey, ...more });

  test("refuses the development key, and a key under 32 bytes of UTF-8", () => {
    expect(production({})).toEqual([]);
    expect(production({ SECRET_KEY: undefined })).toEqual(["SECRET_KEY"]);
    expect(production({ SECRET_KEY: getReference("SECRET_KEY").default ?? "" })).toEqual(["SECRET_KEY"]);
    expect(production({ SECRET_KEY: "k".repeat(31) })).toEqual(["SECRET_KEY"]);
    expect(production({ SECRET_KEY: "é".repeat(16) })).toEqual([]);
    expect(faultyNames({ SECRET_KEY: "short" })).toEqual([]);
  });

  test("wants a key as long as the hash it keys", () => {
    expect(production({ JWT_ALGORITHM: "HS384", SECRET_KEY: "k".repeat(47) })).toEqual(["SECRET_KEY"]);
    expect(production({ JWT_ALGORITHM: "HS512", SECRET_KEY: "k".repeat(63) })).toEqual(["SECRET_KEY"]);
    expect(production({ JWT_ALGORITHM: "HS512", SECRET_KEY: "k".repeat(64) })).toEqual([]);
  });

  test("may have DEBUG and the embedded database", () => {
    expect(production({ DEBUG: "true", DATABASE_URL: "" })).toEqual([]);
  });
});

describe("faults", () => {
  test("all come at once, each by name with what would be right", () => {
    const env = {
      ...{ ENVIRONMENT: "production", PORT: "http", DB_POOL_SIZE: "0", DB_POLL_SIZE: "4", JWT_ALGORITHM: "none" },
      ...{ ACCESS_TOKEN_TTL_SECONDS: "600", REFRESH_TOKEN_TTL_SECONDS: "600" },
    };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.variable).sort()).toEqual(
      ["DB_POLL_SIZE", "DB_POOL_SIZE", "JWT_ALGORITHM", "PORT", "REFRESH_TOKEN_TTL_SECONDS", "SECRET_KEY"].sort(),
    );
    const lines = new ConfigError(faults).message.split("\n").slice(1);
    expect(lines).toHaveLength(faults.length);
    for (const fault of faults) {
      expect(lines).toContain(`  ${fault.variable} ${fault.problem}; expected ${fault.expected}`);
    }
    expect(faults).toContainEqual({
      variable: "DB_POOL_SIZE",
      problem: "is below 1",
      expected: "a whole number from 1 to 1000",
    });
  });

  test("an empty variable is an unset one", () => {
    expect(parseConfig(Object.fromEntries(variableNames.map((name) => [name, ""])))).toEqual(parseConfig({}));
  });

  test("a name under a prefix of Footing's, or one slip from a variable that is not set, is told with the likely one", () => {
    const told = (env: Environment) =>
      faultsOf(env).map(({ variable, problem }) => [variable, /mean (\w+)\?/.exec(problem)?.[1] ?? null]);
    expect(told({ DB_POLL_SIZE: "4" })).toEqual([["DB_POLL_SIZE", "DB_POOL_SIZE"]]);
    expect(told({ DB_PASSWORD: "x" })).toEqual([["DB_PASSWORD", null]]);
    expect(told({ API_RATE_LIMIT_WINDOWS: "x" })).toEqual([["API_RATE_LIMIT_WINDOWS", "API_RATE_LIMIT_WINDOW"]]);
    expect(told({ DATABSAE_URL: "x" })).toEqual([["DATABSAE_URL", "DATABASE_URL"]]);
    expect(told({ DATABSAE_URL: "x", DATABASE_URL: "postgres://h/a" })).toEqual([]);
  });

  test("variables of other programs are ignored", () => {
    const others = [
      "PATH",
      "HOME",
      "HOSTNAME",
      "POST",
      "LOGLEVEL",
      "PGHOST",
      "PGPASSWORD",
      "AWS_REGION",
      "OTEL_BSP_SCHEDULE_DELAY",
      "db_x",
    ];
    const names = [
      ...others,
      "OTEL_SERVICE_NAMES",
      "DATABASE_PRIVATE_URL",
      "TEST_DATABASE_URL",
      "npm_config_x",
      "FOOTING_API_PASSWORD",
    ];
    expect(parseConfig(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual(parseConfig({}));
  });

  test("the configuration is frozen, all the way down", () => {
    const config = parseConfig({ OTEL_EXPORTER_OTLP_HEADERS: "a=b", PRIMARY_MODEL: "a/b" });
    const unfrozen = (value: unknown): boolean =>
      typeof value === "object" && value !== null && (!Object.isFrozen(value) || Object.values(value).some(unfrozen));
    expect(unfrozen(config)).toBe(false);
  });
});

describe("secrets", () => {
  const secret = fc.stringMatching(/^[a-zA-Z0-9%@:!$-]{10,40}$/).map((tail) => `zQ7${tail}`);
  const wrapped: ReadonlyArray<(secret: string) => string> = [
    (value) => value,
    (value) => `postgres://api:${value}@db/footing extra`,
    (value) => `mysql://api:${value}@db/footing`,
    (value) => `redis:${value}@cache`,
    (value) => `authorization=Bearer ${value},broken`,
    (value) => `AKIA${value}/key`,
  ];

  test("no part of what any variable says ever reaches a ConfigError", () => {
    const env = fc.dictionary(
      fc.constantFrom(...variableNames, "DB_PASSWORD", "SECRET_KEYS", "DB_POLL_SIZE"),
      fc.tuple(fc.constantFrom(...wrapped), secret),
      { minKeys: 1 },
    );
    let thrown = 0;
    fc.assert(
      fc.property(env, (entries) => {
        const texts = Object.fromEntries(Object.entries(entries).map(([name, [wrap, value]]) => [name, wrap(value)]));
        try {
          parseConfig({ DB_POOL_SIZE: "none", ...texts, ENVIRONMENT: "production" });
        } catch (error) {
          thrown += 1;
          if (!(error instanceof ConfigError)) throw error;
          const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${Bun.inspect(error, { depth: 20 })}`;
          expect(error.cause).toBeUndefined();
          return !shown.includes("zQ7");
        }
        return false;
      }),
    );
    expect(thrown).toBeGreaterThan(0);
  });
});
