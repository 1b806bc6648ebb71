import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { explainDatabaseError } from "../../src/boot/explain-database-error.ts";
import { parseArguments } from "../../src/boot/run-check-mode.ts";
import { createTestDatabase } from "../support/database.ts";

const entry = fileURLToPath(new URL("../../src/server.ts", import.meta.url));
const nowhere = "postgres://nobody:hunter2@127.0.0.1:1/none";

/** What a run of the entry said, both streams, and its exit code. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...inherited, ENVIRONMENT: "development", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

test("FT.BOOT.1 a dry run checks the configuration and nothing else, and names every faulty variable", async () => {
  expect(await run(["--check"], { DATABASE_URL: nowhere })).toEqual({
    code: 0,
    said: "ok              configuration\n",
  });
  const faulty = await run(["--check=dry-run"], { PORT: "x", JWT_ALGORITHM: "none" });
  expect(faulty.code).toBe(1);
  for (const name of ["PORT", "JWT_ALGORITHM"]) expect(faulty.said).toContain(name);
});

test("FT.BOOT.1 a critical check asks the database too, and says what is wrong and what would be right, without the password", async () => {
  const database = await createTestDatabase();
  const works = await run(["--check=critical"], { DATABASE_URL: database.apiUrl });
  expect(works).toEqual({ code: 0, said: expect.stringMatching(/^ok +configuration\nok +database \(\d+ ms\)\n$/) });
  const fails = await run(["--check=critical"], { DATABASE_URL: nowhere });
  expect(fails.code).toBe(1);
  expect(fails.said).toMatch(/failed +database: .*ECONNREFUSED.*\n +Is PostgreSQL running/);
  expect(fails.said).not.toContain("hunter2");
  await database.drop();
});

test("FT.BOOT.1 a full check asks storage and the model API, where they are configured", async () => {
  const asked: string[] = [];
  await using service = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(`${pathname} ${request.headers.get("x-api-key") ?? ""}`.trim());
      if (pathname === "/v1/models") return Response.json({ data: [] });
      const listing =
        '<?xml version="1.0"?><ListBucketResult><Name>books</Name><KeyCount>0</KeyCount></ListBucketResult>';
      return new Response(listing, { headers: { "Content-Type": "application/xml" } });
    },
  });
  const env = {
    S3_BUCKET: "books",
    S3_ENDPOINT: service.url.origin,
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "hidden",
    MODEL_API_URL: `${service.url.origin}/v1`,
    MODEL_API_KEY: "model-key",
  };
  const all = await run(["--check=full"], env);
  expect(all.said.replaceAll(/ \(\d+ ms\)/g, "").split("\n")).toEqual([
    "ok              configuration",
    "not_configured  database",
    "not_configured  redis",
    "ok              storage",
    "ok              model",
    "",
  ]);
  expect([all.code, asked.some((line) => line.startsWith("/books")), asked.includes("/v1/models model-key")]).toEqual([
    0,
    true,
    true,
  ]);
  const refusing = await run(["--check=full"], {
    ...env,
    MODEL_API_URL: `${service.url.origin}/nowhere`,
    S3_ENDPOINT: "http://127.0.0.1:1",
  });
  expect(refusing.code).toBe(1);
  expect(refusing.said).toMatch(/failed +storage: .+\n +Does S3_BUCKET exist/);
  expect(refusing.said).not.toContain("hidden");
}, 60_000);

test("FT.BOOT.1 a start without its database ends with 1, and says what is wrong and what would be right", async () => {
  const { code, said } = await run([], { DATABASE_URL: nowhere });
  expect(code).toBe(1);
  expect(said).toContain("DATABASE_URL: Nothing listens at 127.0.0.1:1. Start PostgreSQL there");
  expect(said).not.toContain("hunter2");
});

test("arguments that are not known start nothing", async () => {
  expect(parseArguments([])).toEqual({ checkMode: null });
  expect(parseArguments(["--check"])).toEqual({ checkMode: "dry-run" });
  for (const args of [["--chekc"], ["--check=all"], ["--check", "full"], ["serve"], ["--check="]]) {
    expect(parseArguments(args)).toHaveProperty("fault");
  }
  expect(await run(["--chekc"])).toEqual({ code: 2, said: "usage: server.ts [--check[=dry-run|critical|full]]\n" });
});

test("each fault that a configuration makes of a database is explained, through its causes, and others are not", () => {
  const url = "postgres://ada:hunter2@db.example:5433/books";
  const coded = (code: string) => new Error("wrapped", { cause: Object.assign(new Error("driver"), { code }) });
  for (const code of ["ECONNREFUSED", "ENOTFOUND", "CONNECT_TIMEOUT", "28P01", "3D000", "53300", "42501"]) {
    const text = explainDatabaseError(coded(code), url);
    expect(text).toMatch(/^DATABASE_URL: .+\..+[.;]$/);
    expect(text).toMatch(/db\.example:5433|ada|books/);
    expect(text).not.toContain("hunter2");
  }
  for (const error of [coded("23505"), new Error("none"), "text", null]) {
    expect(explainDatabaseError(error, url)).toBeNull();
  }
});
