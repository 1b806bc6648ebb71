import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createErrorMapper, FoundationError } from "../../../src/foundation/errors/index.ts";
import { requestContext } from "../../../src/foundation/http/request-context.ts";
import { securityHeaders } from "../../../src/foundation/http/security-headers.ts";

function createApp(https: boolean) {
  const app = new Hono();
  app.onError(createErrorMapper());
  app.use(requestContext({ onAnswer: [securityHeaders({ https, noStore: (path) => path !== "/docs" })] }));
  app.get("/", (c) => c.json({}));
  app.get("/asset", (c) => c.text("x", 200, { "Cache-Control": "public, max-age=60" }));
  app.get("/docs", (c) => c.text("x"));
  app.get("/fails", () => {
    throw new FoundationError("CONFLICT");
  });
  return app;
}

test("every answer, errors included, is not sniffed, framed, referred or stored", async () => {
  for (const path of ["/", "/fails", "/nowhere"]) {
    const { headers } = await createApp(false).request(path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("strict-transport-security")).toBeNull();
  }
});

test("HSTS is sent where everything comes over TLS", async () => {
  const { headers } = await createApp(true).request("/");
  expect(headers.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
});

test("a handler's own Cache-Control stays, and pages outside the API may be stored", async () => {
  expect((await createApp(false).request("/asset")).headers.get("cache-control")).toBe("public, max-age=60");
  expect((await createApp(false).request("/docs")).headers.get("cache-control")).toBeNull();
});
