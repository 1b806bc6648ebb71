export { flushKeyUsage } from "./auth-services.ts";
export { authenticate } from "./authenticate.ts";
export { createKeyUsage, type KeyUsage } from "./key-usage.ts";
export { type AuthRouteOptions, createAuthRoutes } from "./routes.ts";
