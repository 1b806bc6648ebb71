import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import type { AppEnv } from "./deps.ts";
import { noQuery } from "./foundation/http/no-query.ts";
import { withCost } from "./foundation/rate-limit/index.ts";
import { version } from "./version.ts";

/** The OpenAPI 3.1 document of every route mounted on the app. */
export function createOpenApiDocument(app: OpenAPIHono<AppEnv>) {
  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "Of /api/v1/auth/login. What a route names beside it is the role in the book that it needs at least.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description:
      "Made by an owner for one book. What a route names beside it are the key's scopes that it needs; the key acts as " +
      "who made it, and so needs the role as well.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Footing",
      version,
      description:
        "Double-entry books over HTTP. Amounts are decimal strings, dates are YYYY-MM-DD, unknown fields are errors. " +
        "Every error is application/problem+json with an error_id that /errors/{error_id} explains.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
  });
}

/** `/openapi.json`, made at the first request for it. */
export function createOpenApiRoute(app: OpenAPIHono<AppEnv>) {
  let text: string | null = null;
  return new Hono<AppEnv>().get("/openapi.json", withCost(0, noQuery()), (c) => {
    text ??= JSON.stringify(createOpenApiDocument(app));
    return c.body(text, 200, { "Content-Type": "application/json" });
  });
}
