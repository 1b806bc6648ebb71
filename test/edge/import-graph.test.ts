import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { bundleWorker } from "./support/bundle.ts";

/** What a deployment may weigh, compressed: an eighth of what Cloudflare takes of anybody. docs/architecture.md has what it weighs. */
const gzipBytesMax = 384 * 1024;

test("the edge entry asks its runtime for nothing but what workerd offers, and stays within its budget", async () => {
  const { code, imports } = await bundleWorker();
  expect(imports).toEqual([
    "cloudflare:sockets",
    "node:async_hooks",
    "node:buffer",
    "node:crypto",
    "node:events",
    "node:stream",
  ]);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(gzipBytesMax);
});
