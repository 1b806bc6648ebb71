export { createCommodityRoutes } from "./routes.ts";
export { assertCommoditiesKnown, type NamedCommodity } from "./service.ts";
