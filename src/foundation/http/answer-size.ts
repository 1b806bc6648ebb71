import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

const encoder = new TextEncoder();
const jsonType = { "Content-Type": "application/json" };
const textType = { "Content-Type": "text/plain; charset=UTF-8" };

/**
 * Makes `c.json` and `c.text` encode their text themselves, which the runtime would do otherwise, so that the size of what was
 * answered is known: it is left in the `answerBytes` variable.
 */
export function measureAnswer(c: Context): void {
  c.json = json as Context["json"];
  c.text = text as Context["text"];
}

type Init = ContentfulStatusCode | undefined;

function json(this: Context, value: unknown, init?: Init, headers?: object): Response {
  return answer(this, JSON.stringify(value), init, headers === undefined ? jsonType : { ...jsonType, ...headers });
}

function text(this: Context, value: string, init?: Init, headers?: object): Response {
  return answer(this, value, init, headers === undefined ? textType : { ...textType, ...headers });
}

function answer(c: Context, value: string, init: Init, headers: Record<string, string>): Response {
  const bytes = encoder.encode(value);
  c.set("answerBytes", bytes.length);
  return c.newResponse(bytes, init, headers);
}
