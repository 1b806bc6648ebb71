import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runtimes } from "../../src/config/runtimes.ts";
import { ConfigError, parseConfig, type Runtime } from "../../src/config.ts";

const right = { DATABASE_URL: "postgres://api@127.0.0.1/footing" };

/** What asks for each thing that not every runtime can do. */
const asking: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DATABASE_URL: { DATABASE_URL: "" },
  REDIS_URL: { REDIS_URL: "redis://127.0.0.1:6379" },
  S3_BUCKET: { S3_BUCKET: "receipts" },
  OTEL_TRACES_EXPORTER: { OTEL_TRACES_EXPORTER: "file" },
};

function faultsOf(env: Readonly<Record<string, string>>, runtime: Runtime): string[] {
  try {
    parseConfig({ ...right, ...env }, runtime);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ variable }) => variable);
  }
}

/** The README's table of what runs where: for each variable that it names, where that is an error at start. */
async function readTable(): Promise<Map<string, string[]>> {
  const readme = await readFile(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const rows = readme
    .slice(readme.indexOf("\n## Where it runs\n"))
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const [, , ...names] = rows[0]?.slice(0, -1) ?? [];
  const refused = rows.flatMap(([, what = "", ...cells]) => {
    const variable = /`([A-Z0-9_]+)/.exec(what)?.[1];
    if (variable === undefined) return [];
    return [[variable, names.filter((_, index) => cells[index] === "error at start")] as const];
  });
  return new Map(refused);
}

test("what a configuration asks for and its runtime cannot do is a fault, as the README's table says", async () => {
  const table = await readTable();
  expect([...table.keys()].toSorted()).toEqual(Object.keys(asking).toSorted());
  for (const [variable, env] of Object.entries(asking)) {
    const refusing = runtimes.filter((runtime) => faultsOf(env, runtime).includes(variable));
    expect({ variable, refusing }).toEqual({ variable, refusing: table.get(variable)?.map(toRuntime) ?? [] });
  }
});

test("what every runtime can do is a fault on none", () => {
  for (const runtime of runtimes) expect(faultsOf({}, runtime)).toEqual([]);
});

/** `Node ≥ 20` is Node. */
function toRuntime(title: string): Runtime {
  const runtime = runtimes.find((name) => title.startsWith(name));
  if (runtime === undefined) throw new Error(`${title} is no runtime`);
  return runtime;
}
