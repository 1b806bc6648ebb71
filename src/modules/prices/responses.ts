import { formatAmount } from "../../domain/decimal.ts";
import type { PriceResponse } from "./schemas.ts";
import type { PriceRow } from "./service.ts";

export function toPriceResponse(price: PriceRow): PriceResponse {
  return {
    id: price.id,
    commodity: price.commodity,
    quote: price.quote,
    date: price.date,
    price: formatAmount(price.price, 0),
    source: price.source,
    created_at: price.createdAt.toISOString(),
  };
}
