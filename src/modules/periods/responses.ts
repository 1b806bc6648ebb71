import { formatKnowledge } from "../../domain/knowledge.ts";
import type { PeriodCloseResponse } from "./schemas.ts";
import type { PeriodCloseRow } from "./service.ts";

export function toPeriodCloseResponse(close: PeriodCloseRow): PeriodCloseResponse {
  return {
    id: close.id,
    closed_through: close.closedThrough,
    closed: {
      at: close.closedAt.toISOString(),
      by: close.closedBy,
      api_key_id: close.closedKeyId,
      request_id: close.closeRequestId,
      trace_id: close.closeTraceId,
    },
    knowledge: formatKnowledge({ snapshot: close.knowledge, era: close.era, at: null }),
    closing_entry_ids: [...close.closingEntryIds],
    reopened: toReopening(close),
  };
}

function toReopening(close: PeriodCloseRow): PeriodCloseResponse["reopened"] {
  const { reopenedAt: at, reopenedBy: by, reopenReason: reason, reopenKnowledge: knowledge } = close;
  const { reopenRequestId: requestId, reopenTraceId: traceId } = close;
  if (at === null || by === null || reason === null || knowledge === null || requestId === null || traceId === null) {
    return null;
  }
  return {
    at: at.toISOString(),
    by,
    request_id: requestId,
    trace_id: traceId,
    reason,
    knowledge: formatKnowledge({ snapshot: knowledge, era: close.era, at: null }),
  };
}
