export { createDocsRoutes } from "./docs-routes.ts";
export { createSystemRoutes } from "./routes.ts";
