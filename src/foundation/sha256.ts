import { createHash } from "node:crypto";

/**
 * SHA-256 of a text's UTF-8, as 64 hex digits. At once: for a text of a few kilobytes the way to the threads of
 * `crypto.subtle` and back costs several times what the digest does.
 */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
