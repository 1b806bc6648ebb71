import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SignJWT, UnsecuredJWT } from "jose";
import {
  type AccessTokenOptions,
  accessTokenAlgorithms,
  createAccessTokens,
} from "../../../src/foundation/auth/index.ts";

const start = new Date("2026-03-01T12:00:00.000Z");
const secret = "a secret of thirty-two bytes or more, for tests";
const claims = { subject: "0198c2f5-7c1e-7d3a-9f59-1d1d8a4c2b10", sessionId: "s-1", tokenId: "t-1" };

function tokensAt(now: Date, options: Partial<AccessTokenOptions> = {}) {
  const defaults = { secret, algorithm: "HS256", issuer: "footing", audience: "footing-api", ttlSeconds: 900 } as const;
  return createAccessTokens({ ...defaults, now: () => now, ...options });
}

const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? "", "base64url").toString());
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The key that the tokens under test are signed with, by RFC 5869 over WebCrypto, independently of jose. */
async function signingKey(): Promise<CryptoKey> {
  const text = (value: string) => new TextEncoder().encode(value);
  const material = await crypto.subtle.importKey("raw", text(secret), "HKDF", false, ["deriveKey"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text("access token HS256") };
  return crypto.subtle.deriveKey(parameters, material, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
}

/** A token signed with the right key whose claims and header a test chooses. */
async function forge(payload: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  const issuedAt = start.getTime() / 1000;
  const full = {
    iss: "footing",
    aud: "footing-api",
    sub: claims.subject,
    sid: "s-1",
    jti: "t-1",
    iat: issuedAt,
    exp: issuedAt + 900,
    ...payload,
  };
  const present = Object.fromEntries(Object.entries(full).filter(([, value]) => value !== undefined));
  return new SignJWT(present).setProtectedHeader({ alg: "HS256", typ: "at+jwt", ...header }).sign(await signingKey());
}

test("a token gives back its claims until it expires and not a second longer, with every algorithm", async () => {
  for (const algorithm of accessTokenAlgorithms) {
    const token = await tokensAt(start, { algorithm }).sign(claims);
    expect(decode(token.split(".")[0]).alg).toBe(algorithm);
    expect(await tokensAt(start, { algorithm }).verify(token)).toEqual(claims);
    expect(await tokensAt(later(899), { algorithm }).verify(token)).toEqual(claims);
    expect(await tokensAt(later(900), { algorithm }).verify(token)).toBeNull();
  }
});

test("a token names issuer, audience, subject, its own id, and when it begins and ends", async () => {
  const iat = start.getTime() / 1000;
  const [, payload] = (await tokensAt(start).sign(claims)).split(".");
  expect(decode(payload)).toEqual({
    iss: "footing",
    aud: "footing-api",
    sub: claims.subject,
    sid: "s-1",
    jti: "t-1",
    iat,
    exp: iat + 900,
  });
});

describe("a token is refused", () => {
  const tokens = tokensAt(start);

  test("with algorithm none, signed by nobody", async () => {
    const issuedAt = start.getTime() / 1000;
    const unsecured = new UnsecuredJWT({ sid: "s-1", jti: "t-1" })
      .setIssuer("footing")
      .setAudience("footing-api")
      .setSubject(claims.subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 900)
      .encode();
    expect(await tokens.verify(unsecured)).toBeNull();
    const [, payload, signature] = (await tokens.sign(claims)).split(".");
    for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
      const head = encode({ alg, typ: "at+jwt" });
      for (const end of ["", signature]) expect(await tokens.verify(`${head}.${payload}.${end}`)).toBeNull();
    }
  });

  test("when signed by another algorithm than the configured one, from the same secret", async () => {
    const token = await tokensAt(start, { algorithm: "HS512" }).sign(claims);
    expect(await tokens.verify(token)).toBeNull();
    expect(await tokensAt(start, { algorithm: "HS384" }).verify(token)).toBeNull();
  });

  test("when the secret itself, and not the key derived from it, signed it", async () => {
    const bare = await new SignJWT(decode((await tokens.sign(claims)).split(".")[1]))
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
      .sign(new TextEncoder().encode(secret));
    expect(await tokens.verify(bare)).toBeNull();
  });

  test("of another issuer, audience or secret", async () => {
    for (const other of [{ issuer: "other" }, { audience: "other" }, { secret: `${secret}!` }]) {
      expect(await tokens.verify(await tokensAt(start, other).sign(claims))).toBeNull();
    }
  });

  test("when a claim is missing or of the wrong type, though the signature is right", async () => {
    expect(await tokens.verify(await forge({}))).toEqual(claims);
    for (const name of ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]) {
      expect(await tokens.verify(await forge({ [name]: undefined }))).toBeNull();
      expect(await tokens.verify(await forge({ [name]: { not: "this" } }))).toBeNull();
    }
    expect(await tokens.verify(await forge({ exp: "9999999999" }))).toBeNull();
  });

  test("when it is not of the type of an access token, or has critical extensions", async () => {
    expect(await tokens.verify(await forge({}, { typ: "JWT" }))).toBeNull();
    expect(await tokens.verify(await forge({}, { typ: undefined }))).toBeNull();
    const [, payload, signature] = (await forge({})).split(".");
    const critical = encode({ alg: "HS256", typ: "at+jwt", crit: ["b64"], b64: false });
    expect(await tokens.verify(`${critical}.${payload}.${signature}`)).toBeNull();
  });

  test("before its nbf", async () => {
    expect(await tokens.verify(await forge({ nbf: start.getTime() / 1000 + 60 }))).toBeNull();
  });

  test("when any one bit of it was changed", async () => {
    const token = await tokens.sign(claims);
    const parts = token.split(".").map((part) => Buffer.from(part, "base64url"));
    const bits = fc.nat(2).chain((part) => fc.tuple(fc.constant(part), fc.nat((parts[part]?.length ?? 1) * 8 - 1)));
    await fc.assert(
      fc.asyncProperty(bits, async ([part, bit]) => {
        const bytes = parts.map((original) => Buffer.from(original));
        const changed = bytes[part];
        if (changed === undefined) throw new Error("no such part");
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await tokens.verify(bytes.map((each) => each.toString("base64url")).join("."))).toBeNull();
      }),
    );
  });

  test("when it is garbage, whatever it looks like, without an unexpected error", async () => {
    const part = fc.oneof(fc.string(), fc.base64String(), fc.json().map(encode), fc.jsonValue().map(encode));
    const three = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("."));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), three), async (text) => {
        expect(await tokens.verify(text)).toBeNull();
      }),
    );
  });

  test("when it is over-long, though the signature is right", async () => {
    expect(await tokens.verify(await forge({ padding: "x".repeat(100) }))).toEqual(claims);
    expect(await tokens.verify(await forge({ padding: "x".repeat(2_000) }))).toBeNull();
    expect(await tokens.verify("x".repeat(1_000_000))).toBeNull();
  });
});
