/** What a file is, by where it stands and what it is called. */
export type Layer =
  | "entry"
  | "app"
  | "document"
  | "deps"
  | "config"
  | "errors"
  | "version"
  | "foundation"
  | "domain"
  | "tables"
  | "database"
  | "fields"
  | "define-route"
  | "routes"
  | "middleware"
  | "schemas"
  | "responses"
  | "service"
  | "rules"
  | "repository"
  | "index"
  | "part";

const fixed: Readonly<Record<string, Layer>> = {
  "src/server.ts": "entry",
  "src/worker.ts": "entry",
  "src/npx-watch.ts": "entry",
  "src/app.ts": "app",
  "src/openapi.ts": "document",
  "src/deps.ts": "deps",
  "src/config.ts": "config",
  "src/errors.ts": "errors",
  "src/challenge.ts": "errors",
  "src/version.ts": "version",
  "src/node-on-edge.d.ts": "version",
  "src/modules/schemas.ts": "fields",
  "src/modules/define-route.ts": "define-route",
  // What stands around the routes of a module, and takes a request's context.
  "src/modules/auth/auth-limits.ts": "middleware",
  "src/modules/auth/authenticate.ts": "middleware",
  "src/modules/access/scope.ts": "middleware",
  "src/modules/book-write/entity-tag.ts": "middleware",
  "src/modules/book-write/grouped-writes.ts": "middleware",
  "src/modules/book-write/recording.ts": "middleware",
  "src/modules/book-write/write-to-book.ts": "middleware",
};

const folders: readonly (readonly [string, Layer])[] = [
  ["src/foundation/", "foundation"],
  ["src/domain/", "domain"],
  ["src/config/", "config"],
  ["src/errors/", "errors"],
  ["src/worker/", "entry"],
  ["src/entries/", "entry"],
  // What an entry does before it serves.
  ["src/boot/", "entry"],
  ["src/db/schema/", "tables"],
  ["src/db/", "database"],
];

const kinds: readonly Layer[] = ["routes", "schemas", "responses", "service", "rules", "repository", "index"];

/** @throws for a file that has no place: the tree has no folder for it. */
export function layerOf(path: string): Layer {
  const known = fixed[path] ?? folders.find(([folder]) => path.startsWith(folder))?.[1];
  if (known !== undefined) return known;
  const [, name = ""] = /^src\/modules\/[^/]+\/([^/]+)\.ts$/.exec(path) ?? [];
  if (name === "") throw new Error(`${path} has no place in the tree`);
  return kinds.find((kind) => name === kind || name.endsWith(`-${kind}`)) ?? "part";
}

/** The folder of the module that a file belongs to, or null. */
export function moduleOf(path: string): string | null {
  return /^src\/modules\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/**
 * What each layer may import, within its own module where it is of one. Imports go one way: down this table.
 * Another module is reached through its index alone.
 */
export const mayImport: Readonly<Record<Layer, readonly Layer[]>> = {
  entry: ["app", "version", "config", "deps", "errors", "database", "foundation", "index", "entry"],
  app: ["document", "deps", "config", "database", "foundation", "index"],
  document: ["deps", "version", "foundation"],
  deps: ["config", "foundation"],
  config: ["config", "domain", "foundation"],
  errors: ["errors", "foundation"],
  version: [],
  foundation: ["foundation"],
  domain: ["domain"],
  tables: ["tables"],
  database: ["database", "errors", "foundation"],
  fields: ["domain", "foundation"],
  "define-route": ["errors", "foundation", "index"],
  index: ["routes", "middleware", "schemas", "responses", "service", "part"],
  routes: [
    "deps",
    "errors",
    "version",
    "domain",
    "foundation",
    "define-route",
    "routes",
    "middleware",
    "schemas",
    "responses",
    "service",
    "part",
    "index",
  ],
  middleware: ["deps", "errors", "foundation", "middleware", "schemas", "service", "repository", "part", "index"],
  part: ["deps", "errors", "foundation", "part", "repository", "index"],
  responses: ["deps", "domain", "foundation", "schemas", "service", "repository", "index"],
  service: ["deps", "errors", "domain", "foundation", "service", "rules", "schemas", "repository", "part", "index"],
  rules: ["errors", "domain", "foundation", "rules", "schemas", "repository", "index"],
  schemas: ["domain", "foundation", "fields", "index"],
  repository: ["domain", "foundation", "tables", "schemas", "repository", "index"],
};

/** Layers that may be imported for their types alone. */
export const typesOnly: Readonly<Partial<Record<Layer, readonly Layer[]>>> = {
  service: ["deps", "schemas"],
  part: ["deps"],
  responses: ["deps", "repository"],
  rules: ["schemas", "repository", "index"],
  repository: ["schemas", "index"],
  document: ["deps"],
  app: ["deps"],
};
