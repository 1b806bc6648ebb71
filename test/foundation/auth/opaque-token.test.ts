import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { createOpaqueToken, hashOpaqueToken, isOpaqueToken } from "../../../src/foundation/auth/index.ts";

test("a token is its prefix and 32 random bytes in base64url, and no two are the same", () => {
  const tokens = Array.from({ length: 1_000 }, () => createOpaqueToken("ftg_"));
  expect(new Set(tokens).size).toBe(1_000);
  for (const token of tokens) {
    expect(token).toMatch(/^ftg_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token.slice(4), "base64url").length).toBe(32);
    expect(isOpaqueToken(token, "ftg_")).toBe(true);
  }
});

test("a text of another form is not taken for a token", () => {
  const token = createOpaqueToken("ftg_");
  for (const text of [
    "",
    "ftg_",
    token.slice(1),
    token.slice(0, -1),
    `${token}A`,
    ` ${token}`,
    `${token}\n`,
    token.slice(4),
  ]) {
    expect(isOpaqueToken(text, "ftg_")).toBe(false);
  }
  expect(isOpaqueToken(token.slice(4))).toBe(true);
});

test("what is stored of a token is its SHA-256 in hex", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
      expect(hashOpaqueToken(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
});
