import type { Context } from "hono";
import type { AnswerStep } from "./request-context.ts";

export interface SecurityHeadersOptions {
  /** Sends `Strict-Transport-Security` (two years): only where every request comes over TLS. */
  readonly https: boolean;
  /** Whose answers must not be stored by any cache; every path by default. A header a handler set itself stays. */
  readonly noStore?: (path: string) => boolean;
}

const always: readonly (readonly [name: string, value: string])[] = [
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Referrer-Policy", "no-referrer"],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
];
const overTls = ["Strict-Transport-Security", "max-age=63072000; includeSubDomains"] as const;

/**
 * The security header fields of an API: nothing is sniffed, framed, cached, or told to other origins. Pages that need
 * scripts (`/docs`) add their own Content-Security-Policy. It is for `requestContext`'s `onAnswer`.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export function securityHeaders(options: SecurityHeadersOptions): AnswerStep {
  const noStore = options.noStore ?? (() => true);
  const fields = options.https ? [...always, overTls] : always;
  return (c: Context, escaped) => {
    if (escaped !== undefined) return;
    const { headers } = c.res;
    for (const [name, value] of fields) headers.set(name, value);
    if (noStore(c.req.path) && !headers.has("cache-control")) headers.set("Cache-Control", "no-store");
  };
}
