import { errors, jwtVerify, SignJWT } from "jose";

export const accessTokenAlgorithms = ["HS256", "HS384", "HS512"] as const;
export type AccessTokenAlgorithm = (typeof accessTokenAlgorithms)[number];

export interface AccessTokenOptions {
  /** The application's secret; the signing key is derived from it, for this purpose alone. */
  readonly secret: string;
  /** The one algorithm that signs and that is accepted. */
  readonly algorithm: AccessTokenAlgorithm;
  readonly issuer: string;
  readonly audience: string;
  readonly ttlSeconds: number;
  readonly now: () => Date;
}

export interface AccessTokenClaims {
  readonly subject: string;
  /** `sid`: the log-in that it belongs to (OpenID Connect Front-Channel Logout 1.0, section 3). */
  readonly sessionId: string;
  /** `jti`: this token's own id. */
  readonly tokenId: string;
}

export interface AccessTokens {
  readonly ttlSeconds: number;
  sign(claims: AccessTokenClaims): Promise<string>;
  /** The claims of a token that {@link sign} made with the same options and that has not expired; otherwise null. */
  verify(token: string): Promise<AccessTokenClaims | null>;
}

/** Longest token that is looked at, in characters. */
const tokenLengthMax = 2_048;
/** RFC 9068: an access token, so that no other token of the same key passes for one. */
const type = "at+jwt";

/** Makes the signer and verifier of JWT access tokens (RFC 7519, RFC 8725). Its key is derived at first use. */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { algorithm, issuer, audience, ttlSeconds, now } = options;
  let key: Promise<CryptoKey> | null = null;
  const getKey = () => {
    key ??= deriveKey(options.secret, algorithm);
    return key;
  };

  return {
    ttlSeconds,

    async sign({ subject, sessionId, tokenId }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: algorithm, typ: type })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setJti(tokenId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(await getKey());
    },

    async verify(token) {
      if (token.length > tokenLengthMax) return null;
      const signingKey = await getKey();
      try {
        const { payload } = await jwtVerify(token, signingKey, {
          algorithms: [algorithm],
          typ: type,
          issuer,
          audience,
          requiredClaims: ["exp", "iat", "sub", "sid", "jti"],
          currentDate: now(),
        });
        const { sub, sid, jti } = payload;
        if (typeof sub !== "string" || typeof sid !== "string" || typeof jti !== "string") return null;
        return { subject: sub, sessionId: sid, tokenId: jti };
      } catch (error) {
        // Which check failed is nothing to tell a caller.
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

/** HKDF (RFC 5869): a key as long as the algorithm's hash, and independent of every other use of the secret. */
async function deriveKey(secret: string, algorithm: AccessTokenAlgorithm): Promise<CryptoKey> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const bits = Number(algorithm.slice(2));
  const material = await crypto.subtle.importKey("raw", encode(secret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encode(`access token ${algorithm}`) },
    material,
    { name: "HMAC", hash: `SHA-${bits}`, length: bits },
    false,
    ["sign", "verify"],
  );
}
