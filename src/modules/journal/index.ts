export { createLedgerMetrics } from "./ledger-metrics.ts";
export { postingErrors } from "./posting-errors.ts";
export { toEntryResponse } from "./responses.ts";
export { createJournalRoutes } from "./routes.ts";
export { bulkEntriesMax, type EntryResponse, entrySchema, linesMax } from "./schemas.ts";
export {
  type EntryOrder,
  listDrafts,
  listRecordedEntries,
  postEntries,
  postEntry,
} from "./service.ts";
