export { postingErrors } from "./posting-errors.ts";
export { toEntryResponse } from "./responses.ts";
export { createJournalRoutes } from "./routes.ts";
export { bulkEntriesMax, type EntryResponse, entrySchema, linesMax } from "./schemas.ts";
export {
  type EntryOrder,
  listDrafts,
  listRecordedEntries,
  type ProposedEntry,
  postEntries,
  postEntry,
  type RecordedEntry,
  type RecordedPlace,
} from "./service.ts";
