import { formatIn } from "../../domain/money.ts";
import type { ChangeRow } from "./changes-service.ts";

export function toChangeResponse(row: ChangeRow) {
  return {
    id: row.id,
    status: row.status,
    date: row.date,
    memo: row.memo,
    payee: row.payee,
    voids: row.voids_id,
    void_reason: row.void_reason,
    closing: row.closing,
    posted_at: row.recorded_at.toISOString(),
    recorded: {
      by: row.recorded_by,
      api_key_id: row.recorded_key_id,
      request_id: row.request_id,
      trace_id: row.trace_id,
    },
    effect: row.effect.map((effect) => ({ ...effect, amount: formatIn(effect.commodity, effect.amount) })),
  };
}
