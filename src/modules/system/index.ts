export { createDocsRoutes } from "./docs.ts";
export { createSystemRoutes } from "./routes.ts";
