export { createCommodityRoutes } from "./routes.ts";
export { commodityResponseSchema } from "./schemas.ts";
export {
  assertCommoditiesKnown,
  assertCommodityExists,
  type Commodity,
  listAllCommodities,
  type NamedCommodity,
} from "./service.ts";
