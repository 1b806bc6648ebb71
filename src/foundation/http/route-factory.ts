import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Env, MiddlewareHandler, ValidationTargets } from "hono";
import type { ErrorDefinition } from "../errors/app-error.ts";
import { withCost } from "../rate-limit/route-cost.ts";
import type { RequestLocation } from "./field-faults.ts";
import { jsonBody, noBody } from "./json-body.ts";
import { assertPlainFields, type RequestSchemas, rememberSchemas, throwRequestFaults } from "./request-faults.ts";
import { type DefinedRoute, emptyQuery, type RouteDefinition } from "./route-definition.ts";
import { errorResponses, successResponses } from "./route-responses.ts";
import { assertStrictSchema, isObjectSchema, toStrictObject } from "./strict-schema.ts";

const locations: Partial<Record<keyof ValidationTargets, RequestLocation>> = {
  param: "params",
  query: "query",
  header: "headers",
  json: "body",
};

/** A router whose validation failures are thrown as VALIDATION_FAILED, with every fault of the request at once. */
export function createRouter<E extends Env = Env>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: async (result, c) => {
      if (!result.success) await throwRequestFaults(c, result.error, locations[result.target] ?? "body");
    },
  });
}

export interface RouteFactoryOptions<ErrorId extends string> {
  /** The application's error catalogue: where a route's error ids get their status and text. */
  readonly catalogue: Readonly<Record<ErrorId, ErrorDefinition>>;
  /** Ids that every route may answer with, besides those that follow from its shape. */
  readonly always?: readonly NoInfer<ErrorId>[];
}

/** What any route may answer with by being behind the chain, and what one with a JSON body may besides. */
const chainErrors = [
  "BODY_TOO_LARGE",
  "REQUEST_BODY_TIMEOUT",
  "URI_TOO_LONG",
  "HEADERS_TOO_LARGE",
  "VALIDATION_FAILED",
  "INTERNAL",
];
const limitErrors = ["RATE_LIMITED", "RATE_LIMIT_UNAVAILABLE"];
const bodyErrors = ["UNSUPPORTED_MEDIA_TYPE", "BODY_MALFORMED"];

/**
 * Binds a catalogue to `defineRoute`, which makes a route strict by default: a query parameter that is not declared
 * or comes twice is refused, bodies are required JSON whose unknown fields are refused, and its error answers are
 * documented from the ids it lists (`x-error-ids`, and one response a status).
 *
 * Within a route: its own `middleware`, then 415, then 400, then the handler.
 *
 * @example
 * const defineRoute = createRouteFactory({ catalogue });
 * const getBook = defineRoute({
 *   method: "get", path: "/books/{book_id}", operationId: "getBook", summary: "One book",
 *   params: bookParams, responses: { 200: { description: "The book", schema: bookResponse } }, errors: ["NOT_FOUND"],
 * });
 * const router = createRouter<AppEnv>();
 * router.openapi(getBook, async (c) => c.json(await readBook(c.req.valid("param").book_id), 200));
 */
export function createRouteFactory<ErrorId extends string>(options: RouteFactoryOptions<ErrorId>) {
  return function defineRoute<const Definition extends RouteDefinition<ErrorId>>(
    definition: Definition,
  ): DefinedRoute<Definition> {
    const { params: _p, query: _q, headers: _h, body, responses, errors, middleware, ...operation } = definition;
    const { cost = definition.method === "get" ? readCost : writeCost, ...documented } = operation;
    const schemas = strictSchemas(definition);
    const byShape = [...chainErrors, ...(cost === 0 ? [] : limitErrors), ...(body === undefined ? [] : bodyErrors)];
    const errorIds = [...new Set([...errors, ...(options.always ?? []), ...byShape])];
    const route = {
      ...documented,
      request: { ...schemas, ...(schemas.body === undefined ? {} : { body: jsonContent(schemas.body) }) },
      responses: { ...errorResponses(errorIds, options.catalogue), ...successResponses(responses) },
      middleware: [...(middleware ?? []), ...requestMiddleware(schemas, cost)],
      "x-error-ids": errorIds,
      "x-rate-limit-cost": cost,
    };
    return route as unknown as DefinedRoute<Definition>;
  };
}

/** Units of the rate limit, unless a route says otherwise. */
const readCost = 1;
const writeCost = 2;

function jsonContent(schema: z.ZodType) {
  return { content: { "application/json": { schema } }, required: true };
}

function requestMiddleware(schemas: RequestSchemas, cost: number): MiddlewareHandler[] {
  const plainFields: MiddlewareHandler = async (c, next) => {
    rememberSchemas(c, schemas);
    await assertPlainFields(c, schemas);
    await next();
  };
  return [schemas.body === undefined ? noBody() : jsonBody(), withCost(cost, plainFields)];
}

/** @throws {TypeError} where a body drops unknown fields or a path names a parameter that `params` does not. */
function strictSchemas(definition: RouteDefinition<string>): RequestSchemas {
  const { method, path, params, query, headers, body } = definition;
  for (const [, name = ""] of path.matchAll(/\{([^}]+)\}/g)) {
    if (params?.shape[name] === undefined) throw new TypeError(`${method} ${path} declares no parameter ${name}`);
  }
  const strictBody = body !== undefined && isObjectSchema(body) ? toStrictObject(body) : body;
  if (strictBody !== undefined) assertStrictSchema(strictBody, `the body of ${method} ${path}`);
  return {
    ...(params === undefined ? {} : { params: toStrictObject(params) }),
    query: toStrictObject(query ?? emptyQuery),
    ...(headers === undefined ? {} : { headers }),
    ...(strictBody === undefined ? {} : { body: strictBody }),
  };
}
