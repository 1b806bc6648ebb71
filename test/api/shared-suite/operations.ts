import type { RouteConfig, z } from "@hono/zod-openapi";
import type { createApp } from "../../../src/app.ts";
import { type Role, roles } from "../../../src/modules/access/index.ts";
import { createOpenApiDocument } from "../../../src/openapi.ts";
import type { JsonSchema } from "./sample.ts";

type App = ReturnType<typeof createApp>;

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** A route as the suite exercises it: what the document says of it, and the schemas that it stands on. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly json: JsonSchema; readonly zod: z.ZodType } | null;
  readonly responses: RouteConfig["responses"];
  readonly errorIds: readonly string[];
  readonly authenticated: boolean;
  /** The least role in the book that the document asks for; null where it is of no book. */
  readonly role: Role | null;
  /** The scopes that the document asks of an API key; null where it lets none in. */
  readonly keyScopes: readonly string[] | null;
  /** Units of the rate limit. */
  readonly cost: number | undefined;
  /** Of one book. */
  readonly ofBook: boolean;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: JsonSchema } } };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }
    >
  >;
  readonly "x-error-ids"?: readonly string[];
  readonly "x-rate-limit-cost"?: number;
}

/** The document as a client reads it. */
export function readDocument(app: App): ApiDocument {
  return JSON.parse(JSON.stringify(createOpenApiDocument(app)));
}

/** Every route of the registry, in the order in which they were mounted. */
export function listOperations(app: App): Operation[] {
  const document = readDocument(app);
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const { route } = definition;
    const documented = document.paths[route.path]?.[route.method];
    if (documented === undefined) throw new Error(`${route.method} ${route.path} is not in the document`);
    const json = documented.requestBody?.content["application/json"].schema;
    const zod = zodOf(route.request?.body);
    return {
      id: documented.operationId,
      method: route.method.toUpperCase(),
      path: route.path,
      parameters: documented.parameters ?? [],
      body: json === undefined || zod === undefined ? null : { json, zod },
      responses: route.responses,
      errorIds: documented["x-error-ids"] ?? [],
      ...accessOf(documented),
      cost: documented["x-rate-limit-cost"],
      ofBook: route.path.includes("{book_id}"),
    };
  });
}

/** What the document says of whom an operation is open to. @throws where it does not say. */
function accessOf({
  operationId,
  security,
}: DocumentedOperation): Pick<Operation, "authenticated" | "role" | "keyScopes"> {
  if (security === undefined) throw new Error(`the document does not say whom ${operationId} is open to`);
  const find = (scheme: string) => security.find((requirement) => scheme in requirement)?.[scheme];
  const role = roles.find((name) => find("accessToken")?.includes(name) === true) ?? null;
  return { authenticated: security.length > 0, role, keyScopes: find("apiKey") ?? null };
}

/** The zod schema of a request's body or of a response, where it has one. */
export function zodOf(message: object | undefined): z.ZodType | undefined {
  const { content } = (message ?? {}) as { content?: Readonly<Record<string, { readonly schema?: z.ZodType }>> };
  return content?.["application/json"]?.schema;
}

/** Whether a path of a request is one of a route. */
export function matchesPath(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`).test(path);
}
