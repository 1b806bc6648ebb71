export { createPriceRoutes } from "./routes.ts";
export { formatValue, toValuationResponse } from "./valuation-responses.ts";
export { totalInSchema, valuationShape } from "./valuation-schemas.ts";
export { type DatedMoney, type Valuation, valueAmounts } from "./valuation-service.ts";
