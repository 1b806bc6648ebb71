import { type Counts, noCounts } from "./import-progress.ts";
import { readExport } from "./read-export.ts";
import { readLines } from "./read-lines.ts";
import type { AccountRecord, ExportRecord } from "./record-schemas.ts";

export interface Survey {
  /** SHA-256 of the file, in hexadecimal. */
  readonly digest: string;
  readonly counts: Counts;
  readonly firstAccount: AccountRecord | null;
}

/**
 * Reads an exported book through once, before anything is sent.
 * @throws ExportFault for one that is not whole.
 */
export async function surveyExport(file: string): Promise<Survey> {
  const lines = readLines(file);
  const counts = noCounts();
  let firstAccount: AccountRecord | null = null;
  for await (const item of readExport(lines)) {
    if (item.list === "accounts") firstAccount ??= item.record;
    count(counts, item);
  }
  return { digest: lines.digest(), counts, firstAccount };
}

function count(counts: Counts, { list, record }: ExportRecord): void {
  if (list === "commodities" || list === "prices") counts[list] += 1;
  else if (list === "accounts") {
    counts.accounts += 1;
    if (record.closed_on !== null) counts.closings += 1;
    if (!record.active) counts.deactivations += 1;
  } else if (list === "entries") {
    counts[record.status === "draft" ? "drafts" : record.voids === null ? "entries" : "voids"] += 1;
  } else if (record.reopened === null) counts["period closes"] += 1;
}
