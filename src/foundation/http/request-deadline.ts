import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareHandler } from "hono";
import { FoundationError } from "../errors/foundation-errors.ts";

/** Milliseconds on the clock of `performance.now`. */
const deadlines = new AsyncLocalStorage<number>();

/**
 * Gives each request so many milliseconds. Nothing is cut off by it: what waits looks at {@link requestDeadline} and gives up by
 * itself, so that whatever is answered is true. The database does (its `deadline` setting), and so does the reading of
 * bodies. An answer that is being sent has bounds of its own.
 */
export function limitTime(timeoutMs: number): MiddlewareHandler {
  return (_c, next) => deadlines.run(performance.now() + timeoutMs, next);
}

/** When the present request's time is up, on the clock of `performance.now`; undefined outside of one. */
export function requestDeadline(): number | undefined {
  return deadlines.getStore();
}

/**
 * Waits for a body until the present request's time is up.
 *
 * @throws {FoundationError} REQUEST_BODY_TIMEOUT
 */
export async function readInTime<T>(body: Promise<T>): Promise<T> {
  const deadline = requestDeadline();
  if (deadline === undefined) return body;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new FoundationError("REQUEST_BODY_TIMEOUT", { headers: { Connection: "close" } })),
    Math.max(0, deadline - performance.now()),
  );
  try {
    return await Promise.race([body, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
