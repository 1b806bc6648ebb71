import type { Context } from "hono";

const encoder = new TextEncoder();
const sizes = new WeakMap<Context, number>();

/**
 * Makes `c.json`, `c.text` and `c.newResponse` encode their text themselves, which the runtime would do otherwise, so that
 * {@link findAnswerSize} knows the size of what was answered.
 */
export function measureAnswer(c: Context): void {
  const { newResponse } = c;
  const measured = (data: unknown, ...init: readonly unknown[]): unknown => {
    if (typeof data !== "string") return Reflect.apply(newResponse, c, [data, ...init]);
    const bytes = encoder.encode(data);
    sizes.set(c, bytes.length);
    return Reflect.apply(newResponse, c, [bytes, ...init]);
  };
  Object.assign(c, {
    newResponse: measured,
    json: (value: unknown, init?: unknown, headers?: object) =>
      measured(JSON.stringify(value), init, { "Content-Type": "application/json", ...headers }),
    text: (text: string, init?: unknown, headers?: object) =>
      measured(text, init, { "Content-Type": "text/plain; charset=UTF-8", ...headers }),
  });
}

/** The bytes of the body that was answered; undefined for a stream, and for what a handler made by other means. */
export function findAnswerSize(c: Context): number | undefined {
  return sizes.get(c);
}
