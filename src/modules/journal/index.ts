export { createJournalRoutes } from "./routes.ts";
export { type ProposedEntry, postEntry, type RecordedEntry } from "./service.ts";
