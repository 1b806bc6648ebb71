export { createJournalRoutes } from "./routes.ts";
export { postEntry, type ProposedEntry, type RecordedEntry } from "./service.ts";
