import { Hono } from "hono";
import type { AppEnv, Deps } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import { noQuery } from "../../foundation/http/no-query.ts";
import { withCost } from "../../foundation/rate-limit/index.ts";

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Footing API</title></head>
<body><div id="reference"></div><script src="/docs/scalar.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

/** Nothing outside this server is asked for: no fonts, no proxy, no telemetry. */
const start = `Scalar.createApiReference("#reference", ${JSON.stringify({
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  hideClientButton: true,
  agent: { disabled: true },
})});
`;

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The documentation a person reads, Scalar over `/openapi.json`; works without the internet. */
export function createDocsRoutes({ asset }: Deps) {
  const router = new Hono<AppEnv>();
  const exempt = withCost(0, noQuery());
  router.get("/docs", exempt, (c) => c.html(page, 200, { "Content-Security-Policy": contentSecurityPolicy }));
  router.get("/docs/start.js", exempt, (c) => c.body(start, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  router.get("/docs/scalar.js", exempt, async (c) => {
    const compressed = await asset("scalar.js.gz");
    if (compressed === null) throw new AppError("NOT_FOUND", { detail: "This server carries no documentation pages." });
    const headers = {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "public, max-age=86400",
      Vary: "Accept-Encoding",
    };
    if (acceptsGzip(c.req.header("accept-encoding") ?? "")) {
      return c.body(compressed.slice().buffer, 200, { ...headers, "Content-Encoding": "gzip" });
    }
    const plain = new Blob([compressed.slice().buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
    return c.body(plain, 200, headers);
  });
  return router;
}

/** RFC 9110, section 12.5.3: `gzip` by name, in any case, unless its weight is 0. */
function acceptsGzip(header: string): boolean {
  return header.split(",").some((coding) => {
    const found = /^gzip(?:;q=([01](?:\.\d{0,3})?))?$/i.exec(coding.replaceAll(/[ \t]/g, ""));
    return found !== null && Number(found[1] ?? 1) > 0;
  });
}
