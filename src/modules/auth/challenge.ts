import { type BearerChallenge, formatBearerChallenge } from "../../foundation/auth/index.ts";
import { authenticationRealm } from "../books/index.ts";

/** What every 401 carries (RFC 9110, section 15.5.2). */
export function challengeHeaders(error?: BearerChallenge["error"]): { readonly "WWW-Authenticate": string } {
  return { "WWW-Authenticate": formatBearerChallenge({ realm: authenticationRealm, ...(error && { error }) }) };
}
