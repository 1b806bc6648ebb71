import { sha256Hex } from "../sha256.ts";
import { toBase64Url } from "./base64.ts";

const tokenBytes = 32;

/** A new secret of 256 random bits: `prefix` and 43 characters of base64url. */
export function createOpaqueToken(prefix = ""): string {
  return prefix + toBase64Url(crypto.getRandomValues(new Uint8Array(tokenBytes)));
}

/** Whether a text has the form of {@link createOpaqueToken}'s. */
export function isOpaqueToken(text: string, prefix = ""): boolean {
  return text.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(prefix.length));
}

/** SHA-256 of a token, 64 hex digits: what is stored of it. 256 random bits need neither salt nor a slow hash. */
export function hashOpaqueToken(token: string): string {
  return sha256Hex(token);
}
