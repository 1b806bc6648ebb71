import type { OpenAPIHono } from "@hono/zod-openapi";
import type { BookEnv } from "../../deps.ts";
import { withTx } from "../../foundation/db/index.ts";
import { pageQuery } from "../../foundation/http/pagination.ts";
import { ownersOnly } from "../access/index.ts";
import { defineBookCredentialRoute, defineBookRoute } from "../define-route.ts";
import { createApiKey, listApiKeys, makeApiKey, revokeApiKey } from "./api-key-service.ts";
import { assertExpiresLater } from "./expiry.ts";
import { readPage, toApiKeyResponse, toIdPage } from "./responses.ts";
import {
  apiKeyListSchema,
  apiKeyParamsSchema,
  apiKeyRequestSchema,
  bookParamsSchema,
  newApiKeySchema,
} from "./schemas.ts";

const tags = ["API keys"];

const listApiKeysRoute = defineBookRoute(
  {
    method: "get",
    path: "/books/{book_id}/api-keys",
    operationId: "listApiKeys",
    summary: "A book's API keys, revoked and expired ones included",
    description: "For owners.",
    tags,
    params: bookParamsSchema,
    query: pageQuery,
    responses: { 200: { description: "A page of keys", schema: apiKeyListSchema } },
    errors: [],
  },
  ownersOnly,
);

const createApiKeyRoute = defineBookCredentialRoute(
  {
    method: "post",
    path: "/books/{book_id}/api-keys",
    operationId: "createApiKey",
    summary: "Make an API key for a book",
    description:
      "For owners. The key acts as you in this book alone, with your role there at the time of use. " +
      "It is shown in this answer and never again.",
    tags,
    params: bookParamsSchema,
    body: apiKeyRequestSchema,
    responses: { 201: { description: "The key", schema: newApiKeySchema } },
    errors: [],
  },
  ownersOnly,
);

const revokeApiKeyRoute = defineBookCredentialRoute(
  {
    method: "delete",
    path: "/books/{book_id}/api-keys/{key_id}",
    operationId: "revokeApiKey",
    summary: "Revoke an API key",
    description: "For owners.",
    tags,
    params: apiKeyParamsSchema,
    responses: { 204: { description: "The key is revoked" } },
    errors: [],
  },
  ownersOnly,
);

export function registerApiKeyRoutes(router: OpenAPIHono<BookEnv>): void {
  router.openapi(listApiKeysRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const bookId = c.req.valid("param").book_id.toLowerCase();
    const list = { purpose: "api-keys", filters: { bookId } };
    const page = readPage(list, { limit, cursor });
    const keys = await withTx(c.var.db, c.var.scope, (tx) => listApiKeys(tx, bookId, page), { readOnly: true });
    return c.json(
      toIdPage(keys, { limit, list }, (key) => key.id, toApiKeyResponse),
      200,
    );
  });

  router.openapi(createApiKeyRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const { name, scopes, expires_at } = c.req.valid("json");
    const now = deps.clock.now();
    const expiresAt = expires_at === undefined ? null : new Date(expires_at);
    if (expiresAt !== null) assertExpiresLater(expiresAt, now);
    const { key, keyHash, prefix } = await makeApiKey();
    const bookId = c.req.valid("param").book_id;
    const made = {
      id: deps.ids.uuid(),
      bookId,
      userId: principal.userId,
      name,
      prefix,
      keyHash,
      scopes,
      expiresAt,
      now,
    };
    const row = await withTx(db, scope, (tx) => createApiKey(tx, made));
    return c.json({ ...toApiKeyResponse(row), key }, 201);
  });

  router.openapi(revokeApiKeyRoute, async (c) => {
    const { book_id: bookId, key_id: keyId } = c.req.valid("param");
    const now = c.var.deps.clock.now();
    await withTx(c.var.db, c.var.scope, (tx) => revokeApiKey(tx, { bookId, keyId, now }));
    return c.body(null, 204);
  });
}
