import { expect, test } from "bun:test";
import { bundleWorker } from "./support/bundle.ts";

test("the edge entry asks its runtime for nothing but what workerd offers", async () => {
  const { imports } = await bundleWorker();
  expect(imports).toEqual([
    "cloudflare:sockets",
    "node:async_hooks",
    "node:buffer",
    "node:crypto",
    "node:events",
    "node:stream",
  ]);
});
