import type { Context, MiddlewareHandler } from "hono";

/** Looks at a request before anything is done for it, without waiting. It throws what refuses the request. */
export type Guard = (c: Context) => void;

/**
 * Makes an `Error` of any other thrown value, which becomes its `cause`. Hono hands only `Error` objects to
 * `app.onError`; anything else would reject the whole request, without ids and without an error body. Mount it right inside
 * `requestContext`, around everything that may throw. The guards that it is given look at each request first, in
 * this order.
 */
export function thrownGuard(...guards: readonly Guard[]): MiddlewareHandler {
  return async (c, next) => {
    try {
      for (const guard of guards) guard(c);
      await next();
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown;
      throw new Error("a value that is not an Error was thrown", { cause: thrown });
    }
  };
}
