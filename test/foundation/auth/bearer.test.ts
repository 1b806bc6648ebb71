import { expect, test } from "bun:test";
import { formatBearerChallenge, parseBearer } from "../../../src/foundation/auth/index.ts";

test("an Authorization header gives its bearer token, whatever the case of the scheme", () => {
  for (const header of ["Bearer abc.DEF-123_~+/==", "bearer abc.DEF-123_~+/==", "BEARER   abc.DEF-123_~+/=="]) {
    expect(parseBearer(header)).toEqual({ kind: "token", token: "abc.DEF-123_~+/==" });
  }
});

test("no header, or one of another scheme, carries no bearer credential", () => {
  for (const header of [undefined, "", "Basic dXNlcjpwYXNz", "Bearerabc", "Digest Bearer abc"]) {
    expect(parseBearer(header)).toEqual({ kind: "absent" });
  }
});

test("a bearer credential that is no single token is malformed", () => {
  for (const header of ["Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "Bearer a=b", "Bearer é"]) {
    expect(parseBearer(header)).toEqual({ kind: "malformed" });
  }
});

test("a challenge names its realm, and error and scope only where there are any", () => {
  expect(formatBearerChallenge({ realm: "footing" })).toBe('Bearer realm="footing"');
  expect(formatBearerChallenge({ realm: "footing", error: "insufficient_scope", scope: "write" })).toBe(
    'Bearer realm="footing", error="insufficient_scope", scope="write"',
  );
});
