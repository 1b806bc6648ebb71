/**
 * A limit on requests by client, with the standard headers, in bounded memory.
 *
 * @example
 * import { Hono } from "hono";
 * import { clientAddress, rateLimit } from "footing/rate-limit";
 *
 * const socketAddress = () => null;
 * const key = (c: Parameters<typeof clientAddress>[0]) => clientAddress(c, { trustedProxyHops: 1, socketAddress });
 * const app = new Hono();
 * app.use(rateLimit({ limit: 300, windowSeconds: 60, key }));
 *
 * @module
 */
export type { ClientAddressOptions } from "./client-address.ts";
export { addressKey, clientAddress } from "./client-address.ts";
export type { MemoryStoreOptions, WindowCount } from "./memory-store.ts";
export { MemoryStore } from "./memory-store.ts";
export type { RateLimitOptions } from "./rate-limit.ts";
export { isProbeOrDocs, rateLimit } from "./rate-limit.ts";
