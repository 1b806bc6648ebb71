export { toEntryResponse } from "./responses.ts";
export { createJournalRoutes } from "./routes.ts";
export { type EntryResponse, entrySchema } from "./schemas.ts";
export {
  type EntryOrder,
  listDrafts,
  listRecordedEntries,
  type ProposedEntry,
  postEntry,
  type RecordedEntry,
  type RecordedPlace,
} from "./service.ts";
