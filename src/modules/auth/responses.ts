import type { Principal } from "../../deps.ts";
import type { AccessTokens } from "../../foundation/auth/index.ts";
import { type BookRow, toBookResponse } from "../books/index.ts";
import type { UserRow } from "./service.ts";
import type { SessionRow } from "./session-service.ts";

export function toUserResponse({ id, email, name, created_at }: UserRow) {
  return { id, email, name, created_at: created_at.toISOString() };
}

export function toProfileResponse(
  { user, books }: { readonly user: UserRow; readonly books: readonly BookRow[] },
  { apiKey }: Principal,
) {
  return {
    user: toUserResponse(user),
    books: books.map(toBookResponse),
    api_key: apiKey && { id: apiKey.id, name: apiKey.name, scopes: [...apiKey.scopes], book_id: apiKey.bookId },
  };
}

export function toSessionResponse(session: SessionRow, currentId: string | null) {
  return {
    id: session.id,
    user_agent: session.user_agent,
    current: session.id === currentId,
    created_at: session.created_at.toISOString(),
    last_used_at: session.last_used_at.toISOString(),
    expires_at: session.expires_at.toISOString(),
  };
}

/** The tokens of a session, with an access token signed for it. */
export async function toTokensResponse(
  accessTokens: AccessTokens,
  session: {
    readonly userId: string;
    readonly sessionId: string;
    readonly accessTokenId: string;
    readonly refreshToken: string;
  },
) {
  const { userId: subject, sessionId, accessTokenId: tokenId } = session;
  return {
    access_token: await accessTokens.sign({ subject, sessionId, tokenId }),
    token_type: "Bearer" as const,
    expires_in: accessTokens.ttlSeconds,
    refresh_token: session.refreshToken,
  };
}
