export { createCommodityRoutes } from "./routes.ts";
export { assertCommoditiesKnown, assertCommodityExists, type NamedCommodity } from "./service.ts";
