import type { Context, MiddlewareHandler, Next } from "hono";
import { secureHeaders } from "hono/secure-headers";

export interface SecurityHeadersOptions {
  /** Sends `Strict-Transport-Security` (two years): only where every request comes over TLS. */
  readonly https: boolean;
  /** Whose answers must not be stored by any cache; every path by default. A header a handler set itself stays. */
  readonly noStore?: (path: string) => boolean;
}

const hstsTwoYears = "max-age=63072000; includeSubDomains";

/**
 * The security header fields of an API: nothing is sniffed, framed, cached, or told to other origins. Pages that need
 * scripts (`/docs`) add their own Content-Security-Policy.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export function securityHeaders(options: SecurityHeadersOptions): MiddlewareHandler {
  const noStore = options.noStore ?? (() => true);
  const secure = secureHeaders({
    xContentTypeOptions: "nosniff",
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    crossOriginResourcePolicy: "same-origin",
    crossOriginOpenerPolicy: "same-origin",
    strictTransportSecurity: options.https ? hstsTwoYears : false,
    xXssProtection: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xDnsPrefetchControl: false,
    originAgentCluster: false,
  });
  return (c: Context, next: Next) =>
    secure(c, async () => {
      await next();
      const { headers } = c.res;
      // Not by `c.header`, which makes another response of one that is finished, its body a stream.
      if (noStore(c.req.path) && !headers.has("cache-control")) headers.set("Cache-Control", "no-store");
    });
}
