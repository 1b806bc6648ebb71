export { createPriceRoutes } from "./routes.ts";
export { formatValue, toValuationResponse } from "./valuation-responses.ts";
export type { DatedMoney, Money, Valuation } from "./valuation-rules.ts";
export { totalInSchema, valuationShape } from "./valuation-schemas.ts";
export { valueAmounts } from "./valuation-service.ts";
