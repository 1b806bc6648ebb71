import type { RouteConfig, z } from "@hono/zod-openapi";
import type { createApp } from "../../../src/app.ts";
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
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: JsonSchema } } };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }
    >
  >;
  readonly "x-error-ids"?: readonly string[];
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
      authenticated: documented.security?.length !== 0,
      ofBook: route.path.includes("{book_id}"),
    };
  });
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
