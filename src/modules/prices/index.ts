export { toPriceResponse } from "./responses.ts";
export { createPriceRoutes } from "./routes.ts";
export { type PriceResponse, priceResponseSchema } from "./schemas.ts";
export { listPriceFacts, type PriceFact } from "./service.ts";
