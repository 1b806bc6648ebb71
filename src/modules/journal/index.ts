export { createJournalRoutes } from "./routes.ts";
