export type { ClientAddressOptions } from "./client-address.ts";
export { addressKey, clientAddress } from "./client-address.ts";
export type { MemoryStoreOptions, WindowCount } from "./memory-store.ts";
export { MemoryStore } from "./memory-store.ts";
export type { RateLimitOptions } from "./rate-limit.ts";
export { isProbeOrDocs, rateLimit } from "./rate-limit.ts";
