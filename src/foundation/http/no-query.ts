import type { MiddlewareHandler } from "hono";
import { throwFieldFaults, toPointer } from "./field-faults.ts";

/**
 * For pages and files outside the route factory: they take no query parameter, and refuse any.
 *
 * @throws {FoundationError} VALIDATION_FAILED naming each parameter.
 */
export function noQuery(): MiddlewareHandler {
  return async (c, next) => {
    const names = Object.keys(c.req.queries());
    if (names.length > 0) {
      throwFieldFaults(
        names.map((name) => ({ pointer: toPointer(["query", name]), detail: "is not a parameter of this route" })),
      );
    }
    await next();
  };
}
