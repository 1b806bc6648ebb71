export { postingErrors } from "./posting-errors.ts";
export { createJournalRoutes } from "./routes.ts";
export { bulkEntriesMax, linesMax } from "./schemas.ts";
export { type ProposedEntry, postEntries, postEntry, type RecordedEntry } from "./service.ts";
