import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";

export interface RouteResponse {
  readonly description: string;
  /** The JSON body; absent for an answer without one (204). */
  readonly schema?: z.ZodType;
  /**
   * Media types of texts that the body may be as well, or instead where there is no `schema`. The handler of such a route
   * answers with a `Response` of its own, which may be a stream.
   */
  readonly texts?: readonly string[];
  readonly headers?: z.ZodObject;
}

/** One route as its module declares it. */
export interface RouteDefinition<ErrorId extends string> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With parameters in braces: `/books/{book_id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly security?: Record<string, string[]>[];
  readonly params?: z.ZodObject;
  /** Absent: the route takes no query parameter, and refuses any. */
  readonly query?: z.ZodObject;
  /** Header fields beyond the declared ones pass. */
  readonly headers?: z.ZodObject;
  /** A JSON body. Objects in it, at any depth, must be `z.strictObject` (a top-level `z.object` is made one). */
  readonly body?: z.ZodType;
  /** The answers of success, by status. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** The ids of the errors that this route itself may answer with. */
  readonly errors: readonly ErrorId[];
  /**
   * Units of the rate limit that a request costs, shown as `x-rate-limit-cost`; 0 exempts the route from it. By default 1 for
   * a read and 2 for everything else.
   */
  readonly cost?: number;
  /** Runs before the body is read. */
  readonly middleware?: readonly MiddlewareHandler[];
}

export const emptyQuery = z.strictObject({});

type Params<D> = D extends { params: infer S extends z.ZodObject } ? { params: S } : unknown;
type Query<D> = { query: D extends { query: infer S extends z.ZodObject } ? S : typeof emptyQuery };
type Headers<D> = D extends { headers: infer S extends z.ZodObject } ? { headers: S } : unknown;
type Body<D> = D extends { body: infer S extends z.ZodType }
  ? { body: { content: { "application/json": { schema: S } }; required: true } }
  : unknown;

type Answer<R> = R extends { texts: readonly string[] }
  ? { description: string }
  : R extends { schema: infer S extends z.ZodType }
    ? { description: string; content: { "application/json": { schema: S } } }
    : { description: string };

/** What `router.openapi(route, handler)` infers a handler's `c.req.valid(…)` and return type from. */
export type DefinedRoute<D extends RouteDefinition<string>> = {
  method: D["method"];
  path: D["path"];
  operationId: string;
  request: Params<D> & Query<D> & Headers<D> & Body<D>;
  responses: { -readonly [Status in keyof D["responses"]]: Answer<D["responses"][Status]> };
  /** Every error id that the route may answer with. */
  "x-error-ids": readonly string[];
};
