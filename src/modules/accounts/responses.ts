import type { AccountResponse } from "./schemas.ts";
import type { AccountRow } from "./service.ts";

export function toAccountResponse(account: AccountRow): AccountResponse {
  return {
    id: account.id,
    path: account.path,
    type: account.type,
    code: account.code,
    commodities: account.commodities,
    description: account.description,
    cash_flow: account.cashFlow,
    active: account.active,
    opened_on: account.openedOn,
    closed_on: account.closedOn,
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  };
}
