import { formatAmount } from "../../domain/decimal.ts";
import { formatIn } from "../../domain/money.ts";
import type { EntryRow, LineRow } from "./repository.ts";
import type { EntryResponse } from "./schemas.ts";

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
    lines: entry.lines.map(toLineResponse),
    posted_at: entry.postedAt?.toISOString() ?? null,
    created_at: entry.createdAt.toISOString(),
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
        : { amount: formatAmount(line.price_amount, 0), commodity: line.price_commodity },
    weight: { amount: formatIn(line.weight_commodity, line.weight), commodity: line.weight_commodity },
    memo: line.memo,
    metadata: line.metadata as EntryResponse["metadata"],
    rounding: line.rounding,
  };
}
