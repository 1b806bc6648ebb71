import type { Context, MiddlewareHandler } from "hono";
import { challengeHeaders } from "../../challenge.ts";
import type { Principal, UserEnv } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import { hashOpaqueToken, isOpaqueToken, parseBearer } from "../../foundation/auth/index.ts";
import { withTx } from "../../foundation/db/index.ts";
import { bindLogContext } from "../../foundation/logging/index.ts";
import { identityScope } from "../access/index.ts";
import { apiKeyPrefix } from "../books/index.ts";
import { getAuthLimits } from "./auth-limits.ts";
import { getAuthServices } from "./auth-services.ts";
import { selectApiKeyByHash } from "./credential-repository.ts";

/**
 * Lets a request pass that carries a valid access token or API key as `Authorization: Bearer …`, and sets
 * `c.var.principal` to whose it is. It answers UNAUTHENTICATED otherwise, with the challenge of RFC 6750, and never
 * says which of the checks failed. What the principal may spend is asked right after. Whether the token's session was ended is asked as the route's transaction opens.
 */
export function authenticate(): MiddlewareHandler<UserEnv> {
  return async (c, next) => {
    const credential = parseBearer(c.req.header("authorization"));
    if (credential.kind === "absent")
      throw unauthenticated("Send Authorization: Bearer with an access token or an API key.");
    const principal = credential.kind === "token" ? await findPrincipal(c, credential.token) : null;
    if (principal === null) throw unauthenticated("The access token or API key is not valid.", "invalid_token");
    c.set("principal", principal);
    bindLogContext({ "user.id": principal.userId });
    await getAuthLimits(c.var.deps).principal(c, next);
  };
}

function findPrincipal(c: Context<UserEnv>, token: string): Promise<Principal | null> {
  return token.startsWith(apiKeyPrefix) ? findByApiKey(c, token) : findByAccessToken(c, token);
}

async function findByAccessToken(c: Context<UserEnv>, token: string): Promise<Principal | null> {
  const claims = await getAuthServices(c.var.deps).accessTokens.verify(token);
  return claims === null ? null : { userId: claims.subject, sessionId: claims.sessionId, apiKey: null };
}

async function findByApiKey(c: Context<UserEnv>, token: string): Promise<Principal | null> {
  if (!isOpaqueToken(token, apiKeyPrefix)) return null;
  const { db, deps } = c.var;
  const now = deps.clock.now();
  const keyHash = hashOpaqueToken(token);
  const key = await withTx(db, identityScope, (tx) => selectApiKeyByHash(tx, { keyHash, now }), { readOnly: true });
  if (key === null) return null;
  getAuthServices(deps).keyUsage.record(key.id, now);
  const { id, name, book_id: bookId, scopes } = key;
  return { userId: key.user_id, sessionId: null, apiKey: { id, name, bookId, scopes } };
}

function unauthenticated(detail: string, error?: "invalid_token") {
  return new AppError("UNAUTHENTICATED", { detail, headers: challengeHeaders(error && { error }) });
}
