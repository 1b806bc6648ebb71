import { UnsecuredJWT } from "jose";
import { type AccessTokenOptions, createAccessTokens } from "../../../src/foundation/auth/index.ts";
import type { TestApp } from "../../support/app.ts";

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Access tokens that are wrong in one way each, and right in every other: they name the user and the open session of a
 * good one. `control` is wrong in none.
 */
export async function makeBadTokens(t: TestApp, goodToken: string) {
  const [header = "", payload = "", signature = ""] = goodToken.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
  const { secretKey: secret, jwtAlgorithm: algorithm, accessTokenTtlSeconds: ttlSeconds } = t.deps.config.auth;
  const right = { secret, algorithm, ttlSeconds, issuer: claims.iss, audience: claims.aud, now: t.clock.now };
  const { sub: subject, sid: sessionId, jti: tokenId } = claims;
  const sign = (fault: Partial<AccessTokenOptions>) =>
    createAccessTokens({ ...right, ...fault }).sign({ subject, sessionId, tokenId });
  const unsigned = new UnsecuredJWT({ ...claims }).encode();
  const noneHeader = Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt" })).toString("base64url");
  const owned = Buffer.from(JSON.stringify({ ...claims, sub: claims.sid })).toString("base64url");
  const past = () => new Date((claims.iat - 2 * ttlSeconds) * 1000);
  return {
    control: await sign({}),
    expired: await sign({ now: past }),
    "forged, by another secret": await sign({ secret: `${secret}!` }),
    "forged, with claims that were changed": `${header}.${owned}.${signature}`,
    "of alg none": unsigned,
    "of alg none, with a type and a signature": `${noneHeader}.${payload}.${signature}`,
    "of another algorithm": await sign({ algorithm: algorithm === "HS512" ? "HS384" : "HS512" }),
    "of another issuer": await sign({ issuer: "another" }),
    "for another audience": await sign({ audience: "another" }),
  };
}
