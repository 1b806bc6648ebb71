export { toPriceResponse } from "./responses.ts";
export { createPriceRoutes } from "./routes.ts";
export { type PriceResponse, priceResponseSchema } from "./schemas.ts";
export { listPriceFacts, type PriceFact } from "./service.ts";
export { formatValue, toValuationResponse } from "./valuation-responses.ts";
export { totalInSchema, valuationShape } from "./valuation-schemas.ts";
export { type DatedMoney, type Valuation, valueAmounts } from "./valuation-service.ts";
