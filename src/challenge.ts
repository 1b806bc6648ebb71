import { type BearerChallenge, formatBearerChallenge } from "./foundation/auth/index.ts";

/** What `WWW-Authenticate` names. */
const realm = "footing";

/** What every 401 carries (RFC 9110, section 15.5.2), and every 403 for want of a scope (RFC 6750, section 3.1). */
export function challengeHeaders(challenge: Omit<BearerChallenge, "realm"> = {}): {
  readonly "WWW-Authenticate": string;
} {
  return { "WWW-Authenticate": formatBearerChallenge({ realm, ...challenge }) };
}
