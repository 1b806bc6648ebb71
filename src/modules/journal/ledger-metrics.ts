import type { Meter } from "@opentelemetry/api";
import type { LedgerMetrics } from "../../deps.ts";

/** Counts what happens to journal entries. A void posts an entry too, and counts as both. */
export function createLedgerMetrics(meter: Meter): LedgerMetrics {
  const posted = meter.createCounter("ledger.entries.posted", { description: "Entries posted", unit: "{entry}" });
  const voided = meter.createCounter("ledger.entries.voided", { description: "Entries voided", unit: "{entry}" });
  const rejected = meter.createCounter("ledger.entries.rejected", {
    description: "Writes of entries that were answered with an error, by its id",
    unit: "{request}",
  });
  return {
    entriesPosted: (count) => posted.add(count),
    entryVoided: () => voided.add(1),
    writeRejected: (errorId) => rejected.add(1, { "error.type": errorId }),
  };
}
