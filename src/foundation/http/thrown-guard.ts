import type { MiddlewareHandler } from "hono";

/**
 * Makes an `Error` of any other thrown value, which becomes its `cause`. Hono hands only `Error` objects to
 * `app.onError`; anything else would reject the whole request, without ids and without an error body. Mount it
 * inside the request logger, around everything that may throw.
 */
export function thrownGuard(): MiddlewareHandler {
  return async (_c, next) => {
    try {
      await next();
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown;
      throw new Error("a value that is not an Error was thrown", { cause: thrown });
    }
  };
}
