import { ACCOUNT_TYPES, type AccountType } from "../../../src/domain/account.ts";
import type { AccountBody } from "../plan/plan-types.ts";
import type { Open } from "../syntax/directives.ts";
import { textOf } from "./exported-values.ts";

/** What an exported `open` says of its account; its type is under `footing_type` where the path does not tell it. */
export function exportedAccountOf({ metadata, currencies, date }: Open): {
  readonly fields: Omit<AccountBody, "path" | "type">;
  readonly type: AccountType | null;
  readonly isActive: boolean;
} {
  const code = textOf(metadata, "footing_code");
  const description = textOf(metadata, "footing_description");
  const cashFlow = textOf(metadata, "footing_cash_flow");
  const openedOn = textOf(metadata, "footing_opened_on") ?? date;
  return {
    fields: {
      ...(currencies.length > 0 && { commodities: currencies }),
      ...(code !== null && { code }),
      ...(description !== null && { description }),
      ...(cashFlow !== null && { cash_flow: cashFlow }),
      ...(openedOn !== "none" && { opened_on: openedOn }),
    },
    type: ACCOUNT_TYPES.find((type) => type === metadata["footing_type"]) ?? null,
    isActive: metadata["footing_active"] !== false,
  };
}
