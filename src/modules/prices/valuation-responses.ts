import type { Decimal } from "../../domain/decimal.ts";
import { formatIn } from "../../domain/money.ts";
import type { Valuation } from "./valuation-service.ts";

/** What an answer says of its prices. */
export function toValuationResponse({ totalIn, prices, missing }: Valuation) {
  return { total_in: totalIn, prices: [...prices], missing_prices: [...missing] };
}

/** A value as the wire has it; null where there is none. */
export function formatValue({ totalIn }: Valuation, value: Decimal | null): Decimal | null {
  return totalIn === null || value === null ? null : formatIn(totalIn, value);
}
