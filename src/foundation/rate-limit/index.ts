/**
 * Limits on what each client may spend in any window, in bounded memory or in a Redis that several processes share, with the
 * standard's header fields.
 *
 * @example
 * import { Hono } from "hono";
 * import { createClientAddress, MemoryStore, parseNetworks, rateLimit } from "footing/rate-limit";
 *
 * const app = new Hono();
 * const key = createClientAddress({
 *   trustedProxies: parseNetworks("10.0.0.0/8") ?? [],
 *   trustedHeader: "x-forwarded-for",
 *   socketAddress: () => "10.0.0.7",
 * });
 * const policy = { name: "address", limit: 300, windowSeconds: 60 };
 * app.use(rateLimit({ policy, key, store: new MemoryStore() }));
 *
 * @module
 */
export type { ClientAddressOptions } from "./client-address.ts";
export { createClientAddress, unknownAddress } from "./client-address.ts";
export type { FailoverStoreOptions, StoreFailurePolicy } from "./failover-store.ts";
export { FailoverStore, storeFailurePolicies } from "./failover-store.ts";
export { noteRateLimit } from "./fields.ts";
export type { ForwardedHeader } from "./forwarded.ts";
export { forwardedHeaders } from "./forwarded.ts";
export { addressKey } from "./ip-address.ts";
export type { MemoryStoreOptions } from "./memory-store.ts";
export { MemoryStore } from "./memory-store.ts";
export type { Network } from "./networks.ts";
export { parseNetworks } from "./networks.ts";
export type { RateLimitOptions } from "./rate-limit.ts";
export { rateLimit } from "./rate-limit.ts";
export type { ClosableRedisLink, RedisLink } from "./redis-store.ts";
export { RedisReplyError, RedisStore } from "./redis-store.ts";
export { routeCost, withCost } from "./route-cost.ts";
export type { Charge, RateLimitPolicy, RateLimitStore } from "./store.ts";
