export { createBalanceRoutes } from "./routes.ts";
