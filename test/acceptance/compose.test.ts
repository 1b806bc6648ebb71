import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { variableNames } from "../../src/config/variables.ts";
import { parseConfig } from "../../src/config.ts";

const root = join(import.meta.dir, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const source = read("compose.yaml");
const dockerfile = read("deploy/Dockerfile");

const service = z.looseObject({
  image: z.string(),
  build: z.looseObject({ dockerfile: z.string() }).optional(),
  restart: z.string(),
  cap_drop: z.array(z.string()),
  read_only: z.boolean(),
  networks: z.array(z.string()),
  command: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.enum(["service_healthy", "service_started"]) })).default({}),
  healthcheck: z
    .union([z.looseObject({ test: z.array(z.string()) }), z.object({ disable: z.literal(true) })])
    .optional(),
});

const compose = z
  .object({
    services: z.object({ api: service, postgres: service, redis: service, "otel-collector": service }).strict(),
    volumes: z.record(z.string(), z.null()),
    networks: z.record(z.string(), z.unknown()),
  })
  .loose()
  .parse(parseYaml(source, { merge: true }));

const services = Object.entries(compose.services);

/** What compose puts in the place of `${NAME}`, `${NAME:-default}`, `${NAME:+other}` and `${NAME:?message}`. */
function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-+?])([^}]*))?\}/g, (_, name: string, operator?: string, word = "") => {
    const value = env[name] ?? "";
    if (operator === "+") return value === "" ? "" : word;
    if (value === "" && operator === "?") throw new Error(`${name}: ${word}`);
    return value === "" && operator === "-" ? word : value;
  });
}

const passwords = {
  SECRET_KEY: "s".repeat(64),
  POSTGRES_PASSWORD: "a".repeat(64),
  FOOTING_OWNER_PASSWORD: "b".repeat(64),
  FOOTING_API_PASSWORD: "c".repeat(64),
  REDIS_PASSWORD: "d".repeat(64),
};

const apiEnvironment = (env: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(compose.services.api.environment).map(([name, text]) => [name, interpolate(text, env)]),
  );

describe("compose.yaml", () => {
  test("pins every image to one version", () => {
    const images = [
      ...services.map(([, { image }]) => image),
      ...[...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = ""]) => image),
    ];
    expect(images.length).toBeGreaterThanOrEqual(6);
    expect(images.filter((image) => !/^[\w./-]+:\d+\.\d+(?:\.\d+)?$/.test(image))).toEqual([]);
  });

  test("checks every service's health, restarts it, and takes away what it does not need", () => {
    for (const [name, { restart, cap_drop, read_only, healthcheck, build }] of services) {
      expect({ name, restart, cap_drop, read_only }).toEqual({
        name,
        restart: "unless-stopped",
        cap_drop: ["ALL"],
        read_only: true,
      });
      const checked =
        (healthcheck !== undefined && "test" in healthcheck) ||
        (build !== undefined && dockerfile.includes("\nHEALTHCHECK "));
      expect({ name, checked }).toEqual({ name, checked: name !== "otel-collector" });
    }
    expect(dockerfile).toMatch(/^HEALTHCHECK (?:.*\\\n)*.*\/health/m);
    expect(dockerfile).toMatch(/^USER (?!root)\w+$/m);
  });

  test("waits for the health of what the API cannot do without, and declares what it mounts and joins", () => {
    expect(compose.services.api.depends_on).toEqual({
      postgres: { condition: "service_healthy" },
      redis: { condition: "service_healthy" },
      "otel-collector": { condition: "service_started" },
    });
    const sources = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    const named = sources.filter((volume) => !volume.startsWith("."));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(sources.filter((volume) => volume.startsWith(".") && !existsSync(join(root, volume)))).toEqual([]);
    const joined = new Set(services.flatMap(([, { networks }]) => networks));
    expect([...joined].sort()).toEqual(Object.keys(compose.networks).sort());
  });

  test("documents every variable that it takes, and takes every one that it documents", () => {
    const [header = ""] = source.split("\nservices:");
    const documented = [...header.matchAll(/^# {3}([A-Z][A-Z0-9_]*) {2,}\S/gm)].map(([, name]) => name);
    const taken = [...source.replace(/^ *#.*$/gm, "").matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect([...new Set(documented)].sort()).toEqual([...new Set(taken)].sort());
  });

  test("gives the API a configuration that production accepts, with a role that is not the owner", () => {
    const environment = apiEnvironment(passwords);
    expect(Object.keys(environment).filter((name) => !variableNames.some((known) => known === name))).toEqual([]);
    const config = parseConfig(environment);
    expect(config.environment).toBe("production");
    expect(new URL(config.database.url ?? "").username).toBe("footing_api");
    expect(new URL(config.database.migrationUrl ?? "").username).toBe("footing_owner");
  });

  test("starts nothing while a password or the key is missing", () => {
    for (const missing of Object.keys(passwords)) {
      const all = { ...passwords, [missing]: "" };
      expect(() => interpolate(source.replace(/^ *#.*$/gm, ""), all)).toThrow(missing);
    }
  });
});

describe("the PostgreSQL roles", () => {
  const sql = read("deploy/postgres/init/10-roles.sql");

  test("are neither superuser nor BYPASSRLS, and the API's owns nothing", () => {
    const roles = [...sql.matchAll(/^create role (\w+) ([^;]*);/gm)].map(([, name, options]) => ({ name, options }));
    expect(roles.map((role) => role.name)).toEqual(["footing_owner", "footing_api"]);
    for (const { options } of roles) expect(options).toMatch(/\bnosuperuser nobypassrls nocreatedb nocreaterole\b/);
    expect(sql).not.toMatch(/owner footing_api|grant (?!connect on database).* to footing_api/);
  });

  test("take their passwords from variables that the container has", () => {
    const wanted = [...sql.matchAll(/^\\getenv \w+ (\w+)$/gm)].map(([, name]) => name ?? "");
    expect(wanted).toHaveLength(2);
    expect(Object.keys(compose.services.postgres.environment)).toEqual(expect.arrayContaining(wanted));
  });
});

describe("the collector", () => {
  const pipelines = z.record(z.string(), z.looseObject({ exporters: z.array(z.string()).optional() }));
  const collector = z.looseObject({
    exporters: z.record(z.string(), z.unknown()).default({}),
    extensions: z.record(z.string(), z.unknown()).default({}),
    service: z.looseObject({ extensions: z.array(z.string()).default([]), pipelines }),
  });
  const filesFor = (env: Readonly<Record<string, string>>) =>
    compose.services["otel-collector"].command.map((argument) =>
      interpolate(argument, env).replace("--config=/etc/otelcol/", ""),
    );
  const load = (file: string) => collector.parse(parseYaml(read(`deploy/otel-collector/${file}`)));

  test("answers a health check of its own, as its image has no shell to check it with", () => {
    const { extensions, service } = load("receive.yaml");
    expect(Object.keys(extensions)).toEqual(service.extensions);
    expect(service.extensions).toContain("health_check");
    expect(source).toContain('"127.0.0.1:13133:13133"');
  });

  test.each([
    ["sums up in its log without a SigNoz", {}, ["debug"]],
    [
      "forwards to SigNoz once it has an endpoint",
      { SIGNOZ_ENDPOINT: "https://ingest.eu.signoz.cloud:443" },
      ["otlphttp/signoz", "debug"],
    ],
  ])("%s", (_title, env, exporters) => {
    const [receiving, exporting] = filesFor(env).map(load);
    const signals = Object.keys(receiving?.service.pipelines ?? {});
    expect(signals).toEqual(["traces", "logs", "metrics"]);
    expect(Object.keys(exporting?.exporters ?? {}).sort()).toEqual([...exporters].sort());
    for (const signal of signals) expect(exporting?.service.pipelines[signal]?.exporters).toEqual(exporters);
  });
});
