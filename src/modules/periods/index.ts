export { toPeriodCloseResponse } from "./responses.ts";
export { createPeriodRoutes } from "./routes.ts";
export { type PeriodCloseResponse, periodCloseSchema } from "./schemas.ts";
export { listClosesInOrder } from "./service.ts";
