export { createPriceRoutes } from "./routes.ts";
