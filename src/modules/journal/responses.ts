import { formatAmount } from "../../domain/decimal.ts";
import { formatIn } from "../../domain/money.ts";
import type { LineRow } from "./repository.ts";
import type { EntryResponse, RecordedEntryResponse } from "./schemas.ts";
import type { EntryRow, RecordedEntry } from "./service.ts";

export function toEntryResponse(entry: EntryRow): EntryResponse {
  return {
    id: entry.id,
    status: entry.status,
    date: entry.date,
    memo: entry.memo,
    payee: entry.payee,
    tags: [...entry.tags],
    links: [...entry.links],
    metadata: entry.metadata as EntryResponse["metadata"],
    source: entry.source,
    closing: entry.closing,
    voids: entry.voidsId,
    void_reason: entry.voidReason,
    voided_by: entry.voidedById,
    lines: entry.lines.map(toLineResponse),
    created_at: entry.createdAt.toISOString(),
    created_by: entry.createdBy,
    posted_at: entry.status === "draft" ? null : entry.recordedAt.toISOString(),
    recorded: {
      at: entry.recordedAt.toISOString(),
      by: entry.recordedBy,
      api_key_id: entry.recordedKeyId,
      request_id: entry.requestId,
      trace_id: entry.traceId,
    },
  };
}

export function toRecordedEntryResponse({ entry, balances }: RecordedEntry): RecordedEntryResponse {
  const pathOf = new Map(entry.lines.map((line) => [line.account_id, line.account_path]));
  return {
    ...toEntryResponse(entry),
    balances: balances.map(({ account_id, commodity, balance }) => ({
      account_id,
      account_path: pathOf.get(account_id) ?? "",
      commodity,
      balance: formatIn(commodity, balance),
    })),
  };
}

function toLineResponse(line: LineRow): EntryResponse["lines"][number] {
  return {
    position: line.position,
    account_id: line.account_id,
    account_path: line.account_path,
    side: line.side,
    amount: formatIn(line.commodity, line.amount),
    commodity: line.commodity,
    price:
      line.price_amount === null || line.price_commodity === null
        ? null
        : { amount: formatAmount(line.price_amount, 0), commodity: line.price_commodity, source: line.price_source },
    weight: { amount: formatIn(line.weight_commodity, line.weight), commodity: line.weight_commodity },
    memo: line.memo,
    metadata: line.metadata as EntryResponse["metadata"],
    rounding: line.rounding,
  };
}
