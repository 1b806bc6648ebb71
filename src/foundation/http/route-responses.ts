import { z } from "@hono/zod-openapi";
import type { ErrorDefinition } from "../errors/app-error.ts";
import { problemContentType } from "../errors/problem.ts";
import type { RouteResponse } from "./route-definition.ts";
import { problemSchema } from "./schemas.ts";

interface DocumentedResponse {
  readonly description: string;
  readonly headers?: z.ZodObject;
  readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

/** The success answers of a route in OpenAPI's shape. */
export function successResponses(
  responses: Readonly<Record<number, RouteResponse>>,
): Record<string, DocumentedResponse> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { description, headers, ...body }]) => [
      status,
      { description, ...(headers === undefined ? {} : { headers }), ...contentOf(body) },
    ]),
  );
}

function contentOf({
  schema,
  texts = [],
}: Pick<RouteResponse, "schema" | "texts">): Pick<DocumentedResponse, "content"> {
  if (schema === undefined && texts.length === 0) return {};
  const json = schema === undefined ? {} : { "application/json": { schema } };
  return { content: { ...json, ...Object.fromEntries(texts.map((type) => [type, { schema: z.string() }])) } };
}

/**
 * One documented answer a status, its description naming each error id with its title.
 *
 * @throws {TypeError} for an id that the catalogue does not have.
 */
export function errorResponses(
  errorIds: readonly string[],
  catalogue: Readonly<Record<string, ErrorDefinition>>,
): Record<string, DocumentedResponse> {
  const lines = new Map<number, string[]>();
  for (const id of errorIds) {
    const definition = catalogue[id];
    if (definition === undefined) throw new TypeError(`no error ${id} in the catalogue`);
    lines.set(definition.status, [...(lines.get(definition.status) ?? []), `\`${id}\`: ${definition.title}.`]);
  }
  return Object.fromEntries(
    Array.from(lines, ([status, texts]) => [
      String(status),
      { description: texts.join("\n\n"), content: { [problemContentType]: { schema: problemSchema } } },
    ]),
  );
}
